"""The ways in which people tell a password, a key or a code, in English and Chinese.

What is told is judged by what it looks like, so that "my password is wrong" tells nothing. Every
repetition has a bound, so that the time grows with the length of a text only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from assistant.secret_values import (
    is_code,
    is_han_word,
    is_mixed,
    is_phrase,
    is_plain,
    is_quoted,
    is_random,
    is_strong,
    is_token,
)

Judge = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """A way of telling a secret.

    Args:
        kind: What is told.
        pattern: Words around a group called ``value``.
        accepts: Whether a value is a secret, and not "wrong" or "on the note".
        cues: Without any of these a text, in small letters, need not be searched.
    """

    kind: Literal["password", "code", "key"]
    pattern: str
    accepts: Judge
    cues: str


_PARTS: Final = {
    "START": r"(?i)(?<![a-z])",
    "PASS": r"(?:pass(?:word|code|wd|phrase|key)|passwort|pwd|pw)",
    "KEY": r"(?:key|token|secret|credential)s?",
    "LOCK": r"(?:door|gate|alarm|garage|lock|safe|entry|building|house|cabin|locker|lockbox"
    r"|entrance|phone|elevator|bike|gym|mailbox|office|vault|luggage|suitcase|keypad)",
    "BETWEEN": r"[^.!?\n\[=:]{0,50}?",
    "FOR": r"(?:\s(?:for|to|of|on|at|in)(?:\s[\w'-]{1,20}){1,4}?)?",
    "LINK": r"(?:[\"']?\s{0,3}(?:=>|->|→|:=|=|:)|'s|\s(?:is|was|are)(?:\snow|\sstill|\sjust)?"
    r"(?:\s(?:reset|changed|set|switched|updated)\sto)?|\s(?:reset|changed|set|switched)\sto)"
    r"\s{0,3}",
    "VALUE": r"[\"'`]?(?P<value>[^\s\"'`]{3,200})",
    "DIGITS": r"(?P<value>\d{3,8}#?)(?!\d|[.,:]\d|-\d)",
    "TRIPLE": r"(?P<value>\d{1,2}(?:-\d{1,2}){2,3})(?!\d)",
    "END": r"(?=\s{0,2}(?:[.!,;)\n]|$|and\b|or\b|but\b))",
    "MY": r"(?:my|our|the|his|her|your|their)",
    "ZH": r"(?:密码(?![锁本学箱子器])|口令|暗号|(?:解压|提取|激活)码)",
    "ZH_LINK": r"(?:就是|是|为|改成了?|改为|换成了?|换为|设成了?|设的是|设为|设置为"
    r"|重置为|叫|用|:|=)",
    "ZH_BETWEEN": r"[^。!?\n\[,:=]{0,12}?",
    "NO_UNIT": r"(?!\s?[年月日号个次元块分秒点位条张页天])",
}


_EN_CUES: Final = "pass|pwd|pw"
_ZH_CUES: Final = "密码|口令|暗号|解压码|提取码|激活码"
_KEY_CUES: Final = "key|token|secret|credential|钥|匙|令牌"
_CODE_CUES: Final = "code|combination|cvv|cvc|otp"
_LOCK_CUES: Final = "lock|keypad|open|disarm|safe|door|gate|alarm|vault|case|combination|phone"


def _told(
    kind: Literal["password", "code", "key"], pattern: str, accepts: Judge, cues: str = ""
) -> Told:
    if not cues:
        cues = _EN_CUES if "<PASS>" in pattern else _ZH_CUES
    for name, part in _PARTS.items():
        pattern = pattern.replace(f"<{name}>", part)
    return Told(kind, pattern, accepts, cues)


TOLD: Final = (
    _told("password", r'<START><PASS><BETWEEN><LINK>"(?P<value>[^"\n]{3,80})"', is_quoted),
    _told("password", r"<START><PASS><BETWEEN><LINK>'(?P<value>[^'\n]{3,80})'", is_quoted),
    _told("password", r"<START><PASS><BETWEEN><LINK><VALUE>", is_strong),
    _told(
        "password", r"<START><PASS><BETWEEN><LINK>(?P<value>[a-z]+(?:[ -][a-z]+){2,11})", is_phrase
    ),
    _told("password", r"<START><PASS><FOR><LINK>(?P<value>[a-z]{4,40})<END>", is_plain),
    _told(
        "password",
        r"<START>(?:chang|set|reset|switch|updat|ma[dk]e)\w{0,4}\s<BETWEEN><PASS><FOR>\s(?:to|as)\s<VALUE>",
        is_plain,
    ),
    _told("password", r"<START>(?:<PASS>|pass)\s{0,2}:?\s{1,3}<VALUE>", is_mixed),
    _told(
        "password",
        r"(?i)(?<!\S)[\"']?(?P<value>[^\s\"']{4,100})[\"']?\s(?:is|was|as)\s(?:now\s)?"
        r"<MY>\s(?:[\w-]{1,20}\s){0,3}?<PASS>",
        is_mixed,
    ),
    _told(
        "password",
        r"<START>(?:log ?in|credentials?|account|user(?:name)?)\b(?!\.)\s{0,2}(?:is|:)?\s{0,2}"
        r"[^\s/]{2,60}\s?/\s?(?P<value>[^\s/]{5,80})",
        is_strong,
        "log|credential|account|user",
    ),
    _told(
        "password",
        r"(?i)wi-?fi(?: key)?\s?(?:=|:|is|是)\s?(?P<value>[\x21-\x7e]{6,80})",
        is_mixed,
        "wi",
    ),
    _told(
        "password", r"(?:\s-u|--user)\s{1,3}[^\s:]{1,60}:(?P<value>[^\s\"']{3,80})", is_quoted, "-u"
    ),
    _told(
        "password",
        r"\b(?:mysql|mariadb|mysqldump)\b[^\n]{0,60}?\s-p(?P<value>\S{4,80})",
        is_quoted,
        "mysql|mariadb",
    ),
    _told("password", r'<ZH><ZH_BETWEEN><ZH_LINK>\s?"(?P<value>[^"\n]{2,60})"', is_quoted),
    _told(
        "password", r"<ZH>[^。!?\n\[]{0,12}?:\s?(?P<value>[\x21-\x7e]{4,100})<NO_UNIT>", is_plain
    ),
    _told(
        "password",
        r"<ZH>[^。!?\n\[,\d]{0,8}?<ZH_LINK>?\s?(?P<value>[\x21-\x7e]{4,100})<NO_UNIT>",
        is_plain,
    ),
    _told(
        "password",
        r"<ZH>(?:是|就是|:)\s?(?P<value>[\u4e00-\u9fff]{3,12})(?=[。!,;\n]|$)",
        is_han_word,
    ),
    _told(
        "password",
        r"(?P<value>[\x21-\x7e]{4,100})\s?(?:是|做|作为|当|作)(?:[我他她你咱][们]?的?)?[^。,\n]{0,6}?<ZH>",
        is_mixed,
    ),
    _told("password", r"<START><PASS>[^.!?\n]{0,40}?\sused\sto\sbe\s<VALUE>", is_mixed),
    _told("password", r"<ZH>[^。!?\n\[\d]{0,10}?,是\s?(?P<value>\d{4,8})(?!\d)<NO_UNIT>", is_code),
    _told(
        "password",
        r"<ZH>[^。!?\n]{0,60}?(?:现在是?|改成|换成|变成)\s?(?P<value>[\x21-\x7e]{4,100})",
        is_mixed,
    ),
    _told(
        "password", r"登[录陆]用?:?\s?[\w.@-]{2,40}/(?P<value>[\x21-\x7e]{5,80})", is_strong, "登"
    ),
    _told(
        "key",
        r"<START>(?:<KEY>|accountkey)<BETWEEN>(?:<LINK>|\sto\s)[\"'`]?(?P<value>[\w+/=.~-]{16,400})",
        is_random,
        _KEY_CUES,
    ),
    _told(
        "key",
        r"(?i)(?:密[钥匙]|秘[钥匙]|令牌|私钥|api ?key|token)<ZH_BETWEEN><ZH_LINK>"
        r"\s?(?P<value>[\w+/=.~-]{16,400})",
        is_random,
        _KEY_CUES,
    ),
    _told(
        "code",
        r"<START>(?:pin|puk|passkey|passcode)(?![a-z])<BETWEEN>(?:<LINK>|\sto\s|\scode\s|\?\s)<DIGITS>",
        is_code,
        "pin|puk|pass",
    ),
    _told("code", r"<START>(?:pin|passkey|passcode)\s<DIGITS><END>", is_code, "pin|pass"),
    _told(
        "code",
        r"<START>(?:<LOCK>(?:'s)?(?:\slock)?\s(?:code|combination)|(?:security|verification|one-time"
        r"|recovery|access|unlock|2fa|two-factor|login|otp)\scode|cvv2?|cvc2?|otp|combination"
        r"|code\s(?:for|to|of)\s<MY>\s(?:[\w-]{1,15}\s)?<LOCK>)"
        r"(?:(?:\s[a-z'-]{1,20}){0,7}?<LINK>|\s)(?:<DIGITS>|(?P<triple>\d{1,2}(?:-\d{1,2}){2,3}))<END>",
        is_code,
        _CODE_CUES,
    ),
    _told("code", r"<START>(?:<LOCK>|combination)<FOR><LINK><TRIPLE>", is_code, _LOCK_CUES),
    _told(
        "code",
        r"(?i)(?<![\w.-])(?P<value>\d{3,8}#?)\sis\s<MY>\s(?:[\w-]{1,20}\s)?"
        r"(?:pin|passcode|combination|(?:<LOCK>\s)?code\s(?:of|for|to)\s<MY>\s(?:[\w-]{1,15}\s)?<LOCK>"
        r"|<LOCK>\scode)",
        is_code,
        "pin|pass|combination|code",
    ),
    _told(
        "code",
        r"<START>(?:unlock\w{0,3}|opens?|disarm\w{0,3}|keypad)\b[^\d.!?\n]{0,40}?\b(?:type|enter|press|use|with|dial|takes|is)\s(?:<DIGITS>|(?P<triple>\d{1,2}(?:-\d{1,2}){2,3}))<END>",
        is_code,
        _LOCK_CUES,
    ),
    _told("code", r"<START>code<BETWEEN><LINK>(?P<value>\d{3,8}#)", is_code, "code"),
    _told(
        "code",
        r"(?i)(?:验证码|动态码|安全码|(?<![a-z])pin码?|校验码|门锁|门禁|解锁)"
        r"[\u4e00-\u9fff ]{0,6}?(?:是|为|输入?|按|:)?\s?"
        r"(?P<value>\d{3,8}#?)(?!\d)<NO_UNIT>",
        is_code,
        "验证码|动态码|安全码|pin|校验码|门锁|门禁|解锁",
    ),
)

NEAR: Final = (
    Told(
        "password",
        r"(?i)(?<![a-z])(?:pass(?:word|code|wd|phrase)|pwd|pw|pass\s(?:is|was))(?![a-z])|密码|口令",
        is_token,
        _EN_CUES + "|密码|口令",
    ),
    Told(
        "password",
        r"(?i)(?<![a-z])(?:log ?in with|unlock\w{0,3}|opens? with|sign in with"
        r"|(?:backup|recovery) codes?)|登[录陆]",
        is_token,
        "log|unlock|wi|open|code|sign|登",
    ),
    Told(
        "key",
        r"(?i)(?<![a-z])(?:token|secret|(?:license|api|access|activation) key)(?![a-z])"
        r"|密[钥匙]|令牌",
        is_random,
        _KEY_CUES,
    ),
)
"""Words beside which a value that looks made up is a secret, though no form was met."""
