"""How one English claim bears on another, said earlier by the same speaker."""

from __future__ import annotations

from .claim import REFINED, RESTATED, SIMILAR, SURE, UNRELATED, UNSURE, Claim, Verdict
from .claims_en import stem
from .values_en import TIMES
from .verbs_en import PREPOSITIONS

# Where a move or a time is meant by "X moved to B": X was at one.
_WHERE = frozenset("in on at under near by behind over from to".split())
# What is left by leaving it.
_LEAVABLE = frozenset("be work liv studi belong play teach sing train go".split())
_DIRECT = frozenset("time number".split())


def compare(old: Claim, new: Claim) -> Verdict:
    """One claim against one made later."""
    if _withdraws(old, new):
        return SURE
    if not old.entity or old.entity != new.entity:
        return REFINED if _closer(old, new) else _akin(old, new)
    if old.ended and not old.verb:  # "I sold my caravan": nothing is left to be taken back
        return RESTATED if old.content == new.content and new.ended else _akin(old, new)
    if new.ended and not new.verb:
        return _ends(old, new)
    if old.verb == new.verb or (old.liking and new.liking):
        return _same_sign(old, new) if old.sign == new.sign else _opposite(old, new)
    return _akin(old, new)


def _akin(old: Claim, new: Claim) -> Verdict:
    """What holds beside each other: of one kind when words or the verb are shared."""
    shared = set(old.content) & set(new.content)
    verbs = old.verb and old.verb == new.verb and old.verb not in ("be", "hav")
    return SIMILAR if shared or verbs or (old.liking and new.liking) else UNRELATED


def _closer(old: Claim, new: Claim) -> bool:
    """Whether the later speaks of what the earlier brought up: "I have a cat", "my cat is ..." """
    before, after = old.entity.split(), new.entity.split()
    if not before or not after or old.sign < 0:
        return False
    named = {*before, *old.content}
    if before == after[: len(before)] or before == ["i"]:
        rest = after[len(before) :] if before == after[: len(before)] else after[1:]
        owned = before != ["i"] or (after[0] == "my" and old.verb in ("hav", "be", "own"))
        return bool(rest) and owned and {_bare(word) for word in rest} - {""} <= named
    return False


def _bare(word: str) -> str:
    return stem(word) if word not in PREPOSITIONS else ""


def _covers(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Whether all that one claim names is in the other: "coffee" is in "coffee at night"."""
    return all(word in wide or any(_kin(word, other) for other in wide) for word in narrow)


def _kin(word: str, other: str) -> bool:
    """Whether two long words begin alike: "subscription", "subscribe"."""
    return len(word) > 6 and len(other) > 6 and word[:7] == other[:7]


def _opposite(old: Claim, new: Claim) -> Verdict:
    """The same predicate, denied once: what is denied in general is denied in particular."""
    if old.past or new.past:
        return _akin(old, new)
    if new.liking and old.liking:
        return SURE if set(old.content) == set(new.content) else SIMILAR
    denied, held = (old, new) if old.sign < 0 else (new, old)
    if not denied.content:
        return SURE if not held.content or denied.verb not in ("be", "hav", "do") else UNSURE
    if _covers(denied.content, held.content):
        return SURE
    if _covers(held.content, denied.content):
        return REFINED
    return _akin(old, new)


def _ends(old: Claim, new: Claim) -> Verdict:
    """ "I quit X", "I sold X" after X was said to be so."""
    named = (*old.content, *old.verb.split())
    if old.sign < 0 or old.past or not new.content or not _covers(new.content, named):
        return _akin(old, new)
    return UNSURE if new.link == "leave" and old.verb not in _LEAVABLE else SURE


def _withdraws(old: Claim, new: Claim) -> bool:
    """Whether the later takes back words of the earlier: "it's Tuesday, not Monday"."""
    if not new.withdrawn or old.past or not _covers(new.withdrawn, old.content):
        return False
    if new.entity and new.entity != old.entity and not _brought_up(old, new.entity):
        return False
    return not new.entity or new.verb in ("", "be", old.verb)


def _brought_up(old: Claim, entity: str) -> bool:
    """Whether the earlier brought up what is spoken of: "the appointment" after "I have a dentist
    appointment"."""
    determiner, *noun = entity.split()
    known = {*old.content, *map(stem, old.entity.split())}
    return determiner in ("the", "my") and bool(noun) and all(stem(one) in known for one in noun)


def _same_sign(old: Claim, new: Claim) -> Verdict:
    """The same predicate twice, of one sign: said again, more closely, beside it, or instead."""
    before, after = set(old.content), set(new.content)
    if before == after and old.past == new.past:
        return RESTATED
    if before and before <= after:
        return REFINED
    if old.past or new.past or new.added or old.sign < 0 or not after or not before:
        return _akin(old, new)
    if new.corrects:
        return SURE
    if new.link == "moved":  # "was moved to"
        return SURE if old.link in _WHERE else UNSURE
    if new.fresh:
        return _instead(old, new)
    if new.hesitant and new.verb == "be" and len(before) == len(after) == 1:
        return UNSURE
    return _akin(old, new)


def _instead(old: Claim, new: Claim) -> Verdict:
    """The same predicate with "now" or "instead" and another value in it."""
    if new.link == "instead" or _one_slot(old.content, new.content):
        return SURE
    if old.kind in _DIRECT and old.kind == new.kind:
        return SURE
    if old.entity == "i" or not (old.link and new.link):
        alike = old.link == new.link != "" or set(old.content) & set(new.content)
        return UNSURE if alike and old.verb not in ("lik", "hav", "be") else _akin(old, new)
    place = old.kind == new.kind == "the" and old.entity.startswith("the ")
    return SURE if place or (old.kind == new.kind == "name") else UNSURE


def _one_slot(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether two contents differ in one place only, with something in common around it."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    around = (*old[:start], *old[len(old) - end :])
    named = any(not word[:1].isdecimal() and word not in TIMES for word in around)
    return named and len(old) > start + end and len(new) > start + end
