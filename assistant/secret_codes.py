"""Short codes that open doors and lockers: what people tell a memory so that it is kept.

They are secrets by their form, and a chat asks about them. Where nobody can be asked they are kept,
while codes of money and of accounts, one-time codes, and every password said as such are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from assistant.secret_values import is_code

if TYPE_CHECKING:
    from assistant.secrets import Secret

_LOCK: Final = (
    r"(?i)(?<![a-z])(?:doors?|gates?|alarm|garage|(?:pad)?lock|locker|lockbox|(?<!to be )safe|entry"
    r"|entrance|building|house|home|cabin|flat|apartment|elevator|lift|bike|bicycle|gym|mailbox|vault"
    r"|luggage|suitcase|briefcase|keypad|shed|studio|pool|parking|barrier|hut|voicemail|printer"
    r"|combination)(?:'?s)?(?![a-z])|门|锁|柜|箱|车库|闸|单元楼|小区|仓库|打印机"
)
_GUARDED: Final = (
    r"(?i)(?<![a-z])(?:banks?|banking|atm|cards?|debit|credit|visa|mastercard|amex|paypal|wallet"
    r"|account|sim|puk|cv[vc]2?|otp|one-time|2fa|two-factor|verification|authenticat\w*|login"
    r"|log in|sign in|recovery|backup|pension|tax|insurance|pass(?:word|wd|phrase|key)|pwd|pw)"
    r"(?![a-z])"
    r"|银行|取款|支付|付款|信用卡|储蓄卡|借记卡|卡|存折|账[户号]|帐[户号]|微信|手机|锁屏|屏幕|验证码|动态码|校验码|登[录陆]"
)
# What was masked is as good as the end of a sentence: the words around it told another secret.
_SENTENCE_END: Final = r"[.!?](?=\s)|[。!?\n]|\[[a-zA-Z ]{3,12} not kept\]|\[[^\[\]]{2,4}未保存\]"
_CLAUSE_END: Final = r"|[,;，；、]|(?<![a-z])(?:and|but|or)(?![a-z])"


def lock_codes(text: str, secrets: Sequence[Secret]) -> tuple[Secret, ...]:
    """Those of the secrets in a text that are codes of a lock, and of nothing more.

    >>> from assistant.secrets import find_secrets
    >>> said = "My locker code is 4471, the PIN of my bank card is 9021."
    >>> [said[one.start:one.end] for one in lock_codes(said, find_secrets(said))]
    ['4471']

    Args:
        text: What was said.
        secrets: What ``find_secrets`` found in it.
    """
    bounds = [0, *(place for one in secrets for place in (one.start, one.end)), len(text)]
    gaps = [text[start:end] for start, end in pairwise(bounds)][::2]
    found = []
    for secret, before, after in zip(secrets, gaps, gaps[1:], strict=False):
        said = _last_sentence(before) + " " + _first_clause(after)
        if (
            secret.kind in ("code", "password")
            and is_code(text[secret.start : secret.end])
            and _compiled(_LOCK).search(said)
            and not _compiled(_GUARDED).search(said)
        ):
            found.append(secret)
    return tuple(found)


def _last_sentence(text: str) -> str:
    return re.split(_SENTENCE_END, text)[-1]


def _first_clause(text: str) -> str:
    return re.split(_SENTENCE_END + _CLAUSE_END, text, maxsplit=1)[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when first needed: importing the package stays quick."""
    return re.compile(pattern)
