"""The forms of Chinese claims: 不, 没, 不再, 不…了, 戒, 把…卖了, 改成, 换成, 现在, X不是Y.

Chinese writes no spaces, so a clause is not cut into subject and verb; what marks it (negation,
"now", particles, degree) is taken out, and the characters that remain are compared.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .claim import Claim
from .openings import without_opening
from .statements_zh import SUPPOSED
from .text import QUOTES

_HESITANT = re.compile("^(?:不对|不是的|其实|不)[，,。！!\\s]+")
_OPENERS = re.compile(
    "^(?:对了|嗯|哦|啊|好的|请记住|请记得|记住|记得|那|其实|顺便|另外|还有|但是|不过|但|而且|因为|所以|虽然|原来)+"
)
_DOUBTS = re.compile(SUPPOSED)
_FORMERLY = re.compile("以前|从前|本来|曾经")
_OVER = re.compile("小时候|曾经|[\u4e00-\u9fff]过(?!敏|来|去|年|节)")
_CLAUSES = re.compile("[，,。.！!；;：:\\s—…（）()]+(?![a-z0-9])|[，。！；：]")
_TAIL = re.compile("(?:了|啊|哦|呢|呀|啦|哟|喔|嘛|哈|而已|的了)+$")
_FRESH = re.compile(
    "从现在起|从今以后|现在|目前|如今|今后|往后|以后(?!我)|最近|这阵子|"
    "改成|改为|改名|改在|改|换成了?|换了|变成了?"
)
_ADDED = re.compile("也|还(?=[有会在要想])")
# "不" that is part of a word, or says that something cannot be brought about (找不到).
_WORD_WITH_NOT = re.compile("不(?:错|但|仅|管|同|久|少|断|论|止|客气|好意思|用谢|过(?!敏))")
_CANNOT = re.compile("[\u4e00-\u9fff]不[到得了动完见清上下起来出好懂住](?!得)")
_NOT_ANY_MORE = re.compile("再也不|再也没|不再|不用再|没再")
_NOT = re.compile("一点[也都]不|从来不|从来没|从不|并不|并没有?|不|没(?=有)|没")
_NEVER = re.compile("一点[也都]|从来|从(?=不)|再也")
_EMPTY = re.compile(
    "非常|特别|十分|真的|真|很|挺|最(?!喜欢的|爱的)|已经|一直|都(?=[不没会有在是喜要想爱吃喝])|就(?=[是在])|只(?=[有是会吃喝])|总是|经常|常常|其实|还是|仍然|依然|确实"
)
_LIKING = re.compile(
    "(?:喜欢|喜爱|热爱|爱(?=[吃喝看听玩做])|爱(?!人|心|情|好))(?!.*的$)(?![^的]{1,6}的[^的]+是)"
)
_DISLIKING = re.compile("(?:讨厌|厌恶|反感|恨|受不了)(?![^的]{1,6}的[^的]+是)")
_GENERAL = "吃喝看听玩做去用"
_PART = "卖|送人|送|扔|丢|弄丢|捐|退|转让|处理|搬走|拆"
_GIVEN_UP = re.compile(
    f"^(?P<who>.{{0,8}}?)把(?P<what>.{{1,12}}?)(?:{_PART})(?:给.{{1,6}})?(?:[掉走人出去]*)了?"
)
_QUIT = re.compile(
    "^(?P<who>.{0,6}?)(?:戒掉?了?|退订了?|退出了?|取消了?|放弃了?|卖掉?了|扔掉?了|弄丢了|丢了|停掉?了|"
    "辞掉?了|离开了)(?P<what>.{1,14})$"
)
_QUIT_FROM = re.compile(
    "^(?P<who>.{0,6}?)(?:从|在)(?P<what>.{1,12}?)(?:辞职|离职|退休|退出|退学|毕业|搬走|搬出来?)"
)
_NOT_BE = re.compile("^(?:并)?(?:不是|非)(?P<what>.+)$")
_MOVED = re.compile("(?:搬|移|挪|调|改)(?:到|去|至|进)了?")
_SUBJECT = re.compile(
    "^(?P<who>.{1,12}?)(?:现在|已经|目前|也|都|其实)*(?:是|在|叫|有|住|不|没|会|喜欢|讨厌|爱)"
)
_VERBLIKE = re.compile(
    "^(?:现在|已经|以后|目前|也|都|还)*(?:不|没|是|在|叫|有|住|会|换|改|喜欢|讨厌|爱|搬)"
)


def read(sentence: str, *, corrects: bool = False) -> tuple[list[Claim], bool]:
    """The claims of a Chinese sentence that is no question.

    Args:
        sentence: One sentence.
        corrects: The sentence before announced a correction.

    Returns:
        The claims, and whether this sentence only announced a correction.
    """
    sentence, opened = without_opening(sentence)
    corrects |= opened
    if opened and not sentence:
        return [], True
    hesitant = _HESITANT.match(sentence)
    if hesitant:
        sentence = sentence[hesitant.end() :]
    if _DOUBTS.search(sentence) or any(mark in sentence for mark in QUOTES):
        return [], False
    found: list[Claim] = []
    who = ""
    for written in _CLAUSES.split(sentence):
        clause = _TAIL.sub("", _OPENERS.sub("", written))
        if not 2 <= len(clause) <= 60:
            continue
        taken_back = _NOT_BE.match(clause)
        if taken_back:
            back = tuple(taken_back["what"])
            if found:
                found[-1] = replace(found[-1], withdrawn=back)
            else:
                found.append(Claim("", "", (), han=True, withdrawn=back, words=written))
            continue
        bare = _VERBLIKE.match(clause) is not None
        claims = _claims(who + clause if bare else clause, written)
        if bare and not who:
            claims = [replace(claim, entity="") for claim in claims]
        if not bare:
            subject = _SUBJECT.match(clause)
            who = subject["who"] if subject else ("我" if clause.startswith("我") else "")
        found.extend(
            replace(claim, corrects=corrects, hesitant=hesitant is not None) for claim in claims
        )
    return found, False


def _claims(clause: str, written: str) -> list[Claim]:
    """The claims of one clause: mostly one; two where 换成 leaves open what was changed."""
    if _CANNOT.search(clause) or _WORD_WITH_NOT.search(clause):
        return []
    own = clause.startswith(("我", "咱"))
    entity = "我" if own else "-"
    over = _over(clause)
    if over is not None:
        who, what = over
        if who.startswith("我") or not who:
            entity = "我"
        return [Claim(entity, "", tuple(what), han=True, ended=True, link="over", words=written)]
    ended = _NOT_ANY_MORE.search(clause) is not None or _FORMERLY.search(clause) is not None
    past = _OVER.search(clause) is not None
    bare = _FORMERLY.sub("", _NOT_ANY_MORE.sub("", clause))
    negated = _NOT.search(bare) is not None
    ended = ended or (negated and written.rstrip("。！!.").endswith("了"))
    added = _ADDED.search(bare) is not None
    changed = re.search("换成了?|改成|变成了?|改为", bare)
    moved = _MOVED.search(bare)
    fresh = _FRESH.search(bare) is not None or moved is not None
    variants = [bare]
    if moved and "在" not in bare[: moved.start()]:  # where one lives, or where a thing is
        variants = [_MOVED.sub("住在", bare), _MOVED.sub("在", bare)]
    if changed:
        variants.append(bare[: changed.start()] + "是" + bare[changed.end() :])
    claims = []
    for variant in dict.fromkeys(variants):
        claim = Claim(
            entity, "", (), han=True, negated=negated, ended=ended, fresh=fresh, added=added,
            past=past, words=written,
        )  # fmt: skip
        claims.append(_filled(claim, variant))
    return [claim for claim in claims if claim.content]


def _over(clause: str) -> tuple[str, str] | None:
    """Who has given up what: 我把兔子送人了, 我戒烟了, 我从银行辞职了."""
    for pattern in (_GIVEN_UP, _QUIT_FROM, _QUIT):
        found = pattern.match(clause)
        if found and not _NOT.search(found["who"]):
            return found["who"], _TAIL.sub("", found["what"])
    return None


def _filled(claim: Claim, clause: str) -> Claim:
    """A claim with the characters that count."""
    text = _NEVER.sub("", clause)
    text = _NOT.sub("", text, count=1) if claim.negated else text
    text = _FRESH.sub("", text)
    text = _EMPTY.sub("", _ADDED.sub("", text))
    text = (
        re.sub("^(?:我们家?的?|咱们家?的?|我家的?|我的|我|咱)", "", text)
        if claim.entity == "我"
        else text
    )
    text = re.sub("(?<=.)在(?=[学念读上做写看吃])|^在(?=[学念读做写看吃])", "", text)
    text = re.sub("了(?=.)", "", re.sub("的?名字[叫是]|名叫|叫做", "叫", text))
    liked, disliked = _LIKING.search(text), _DISLIKING.search(text)
    attitude = liked or disliked
    if attitude:
        subject, rest = text[: attitude.start()], text[attitude.end() :]
        rest = rest[1:] if len(rest) > 1 and rest[0] in _GENERAL else rest
        return replace(claim, verb="喜欢", liking=1 if liked else -1, content=tuple(subject + rest))
    return replace(claim, content=tuple(_TAIL.sub("", text).strip("“”\"'")))
