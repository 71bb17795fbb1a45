"""How one Chinese claim bears on another, said earlier by the same speaker."""

from __future__ import annotations

from .claim import REFINED, RESTATED, SIMILAR, SURE, UNRELATED, UNSURE, Claim, Verdict

_NUMERALS = frozenset("0123456789零一二两三四五六七八九十百千万半")
_CLOCK = _NUMERALS | frozenset("点半早晚上下中午周星期末")
# A slot after one of these holds one value at a time.
_SINGLE = frozenset("是叫在到住周期")
# Claims that differ on both sides of one of these are about two things.
_LINKS = frozenset("是叫")
# What may stand before the verb without being part of what is said: every day, in the morning.
_WHEN = ("每天", "每周", "平时", "早上", "晚上", "中午", "下午", "周末", "有时", "通常")


def compare(old: Claim, new: Claim) -> Verdict:
    """One claim against one made later."""
    if _withdraws(old, new):
        return SURE
    if not old.entity or not new.entity or old.entity != new.entity:
        return _akin(old, new)
    if old.ended and not old.negated and _given_up(old):
        return RESTATED if old.content == new.content and new.ended else _akin(old, new)
    if _given_up(new):
        return _ends(old, new)
    if old.sign == new.sign and bool(old.liking) == bool(new.liking):
        return _same_sign(old, new)
    if old.sign != new.sign:
        return _opposite(old, new)
    return _akin(old, new)


def _given_up(claim: Claim) -> bool:
    """Whether it was read from 戒, 把…卖了 and the like."""
    return claim.ended and not claim.negated and not claim.verb and claim.link == "over"


def _within(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Whether the characters of one stand in the other, in order."""
    rest = iter(wide)
    return all(sign in rest for sign in narrow)


def _headed(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """As ``_within``, and both begin alike but for words of time: 喝咖啡 in 每天喝三杯咖啡, and not
    in 姐姐喝咖啡."""
    text = "".join(wide)
    starts = [text, *(text[len(when) :] for when in _WHEN if text.startswith(when))]
    return any(one[:1] == narrow[0] and _within(narrow, tuple(one)) for one in starts if narrow)


def _akin(old: Claim, new: Claim) -> Verdict:
    """What holds beside each other: of one kind where two characters in a row are shared."""
    pairs = set(zip(old.content, old.content[1:], strict=False))
    shared = pairs & set(zip(new.content, new.content[1:], strict=False))
    return SIMILAR if shared or (old.liking and new.liking) else UNRELATED


def _withdraws(old: Claim, new: Claim) -> bool:
    """Whether the later takes back words of the earlier: 是星期二，不是星期一."""
    if not new.withdrawn or old.past:
        return False
    words, back = "".join(old.content), "".join(new.withdrawn).removesuffix("的")
    if len(back) < 2 and back not in words[-2:]:
        return False
    if back not in words:
        return False
    return not new.entity or new.content[:1] == old.content[:1]


def _ends(old: Claim, new: Claim) -> Verdict:
    """戒烟了 after 抽烟: what was given up was done, or had."""
    if old.sign < 0 or old.past or not new.content:
        return _akin(old, new)
    words = "".join(old.content)
    return SURE if "".join(new.content) in words else _akin(old, new)


def _opposite(old: Claim, new: Claim) -> Verdict:
    """The same predicate, denied once."""
    if old.past or new.past:
        return _akin(old, new)
    if old.liking and new.liking:
        return SURE if old.content == new.content else SIMILAR
    denied, held = (old, new) if old.sign < 0 else (new, old)
    plain = denied.content
    if plain[:1] == ("能",) and held.content[:1] != ("能",):
        plain = plain[1:]
    if denied.liking or held.liking:
        return _liked_and_not(denied, held, plain)
    if len(plain) > 1 and _headed(plain, held.content):
        return SURE
    if len(held.content) > 1 and _within(held.content, plain):
        return REFINED
    return _akin(old, new)


def _liked_and_not(denied: Claim, held: Claim, plain: tuple[str, ...]) -> Verdict:
    """再也不吃榴莲了 after 喜欢吃榴莲; and 现在爱吃 after 不吃."""
    if held.liking and not denied.liking and denied.ended:
        object_ = plain[1:]
        return SURE if len(object_) > 0 and object_ == held.content else _akin(held, denied)
    return _akin(held, denied)


def _same_sign(old: Claim, new: Claim) -> Verdict:
    """The same predicate twice: said again, more closely, beside it, or instead."""
    if old.content == new.content and old.past == new.past:
        return RESTATED
    if old.sign > 0 and not old.past and not new.past and not new.added:
        start, end = _around(old.content, new.content)
        if (new.fresh or new.corrects) and start + end > 1:
            verdict = _slot(old, new, start, end)
            if verdict != UNRELATED:
                return verdict
    if _within(old.content, new.content):
        return REFINED
    return _akin(old, new)


def _around(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[int, int]:
    """How many characters are the same at the beginning and at the end."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _slot(old: Claim, new: Claim, start: int, end: int) -> Verdict:
    """Two claims that differ in one place, the later with "now" or as a correction."""
    before = old.content[start : len(old.content) - end]
    after = new.content[start : len(new.content) - end]
    if _LINKS & set(before) & set(after):
        return UNRELATED
    numbers = bool(after) and set(after) <= _NUMERALS and old.content[start - 1 : start + 1]
    if not before and not (numbers and set(old.content[start - 1 : start]) <= _NUMERALS):
        return UNRELATED
    if not after or (start == 0 and not set(before) | set(after) <= _CLOCK):
        return UNRELATED
    single = start > 0 and bool(_SINGLE & set(old.content[max(0, start - 2) : start]))
    counted = set(before) | set(after) <= _NUMERALS
    if new.corrects or single or counted or end > 1:
        return SURE
    return UNSURE
