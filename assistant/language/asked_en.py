"""Reading an English question: as a list, a time, a yes or no, or a statement with a slot."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from .clauses_en import BE
from .dates import resolve_dates
from .frame import SLOT, Frame, Raw
from .inversion import AUXILIARIES, Inversion, invert
from .statements_en import read as read_statement
from .text import words_of
from .values_en import NUMBER_SLOT
from .verbs_en import PREPOSITIONS

_FORMER = re.compile(
    r"\b(?:before|used to|previously|formerly|originally|at first|earlier)\b", re.I
)
_MANY = re.compile(
    r"\b(?:all|list|everything|every|things|kinds?|sorts?|types?|other|else|which \w{2,30}s|"
    r"what \w{2,30}s (?:do|did|does|have|has|are|were)|who (?:all|else)|hobbies)\b",
    re.I,
)
_WHEN = re.compile(
    r"\b(?:when|how long ago|what (?:day|date|year|month|time|week|weekday)|"
    r"(?:which|on what|on which|in what|in which) (?:day|date|year|month|week))\b",
    re.I,
)
# Questions about the conversation itself.
_TOLD = re.compile(
    r"\b(?:did|have|has|had) (?P<who>i|you|we|[\w'-]{1,40}) (?:ever |just |already )?"
    r"(?:say|said|tell|told|mention|mentioned|talk|talked|ask|asked|recommend|recommended|suggest|"
    r"suggested|promise|promised)\b",
    re.I,
)
# "Do you remember what I said about ...?"
_WAS_SAID = re.compile(
    r"\bwhat (?P<who>i|we|[\w'-]{1,40}) (?:have |had )?(?:said|told you|mentioned|asked)\b"
    r"[^?]*\babout\b",
    re.I,
)
_KNOW = re.compile(
    r"\b(?:what|all|everything|anything|much|something|things) (?:else )?(?:that )?"
    r"(?:do |did |have |can )?you "
    r"(?:still |already |actually )?(?:know|remember|recall|learn|learned|learnt|tell me|got)\b",
    re.I,
)
_TELL_ABOUT = re.compile(
    r"\b(?:tell me|remind me|know|remember|recall|hear|say|more|all|everything|anything|something) "
    r"(?:all |more |everything |anything |something )?about\b",
    re.I,
)
# "Who lives in Porto?"; not "Who does Ana like?", "Who is my boss?"
_WHO = re.compile(
    r"\s*(?:and |so )?who (?:else |all )?(?=(?!(?:do|does|did|is|are|am|was|were)\b)[a-z])"
    r"|\s*who (?=(?:is|was) (?:called|from|born|allergic))",
    re.I,
)
_ABOUT = re.compile(r"\babout\b", re.I)
_REQUEST = re.compile(
    r"\W*(?:please )?(?:tell me (?:a|an|another|some|something|one more) (?!about\b)"
    r"|(?:can|could|would|will) you (?:please )?"
    r"(?!please|tell|remind|remember|recall|know|say|list|show|repeat|help)[a-z])",
    re.I,
)
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_MYSELF = frozenset("me myself i us".split())


def read(text: str) -> Raw:
    """Read one English question."""
    former, many = _FORMER.search(text) is not None, _MANY.search(text) is not None
    told, when = _TOLD.search(text), _WHEN.search(text)
    about = _topic(text)
    if told and when:
        return Raw("said", topic=about)
    if _REQUEST.match(text):
        return Raw("request")
    if told and re.match(r"\W*(?:\w+\W+){0,2}what\b", text, re.I):
        who = told["who"].lower()
        about = about or _addressed(text[told.end() :])
        return Raw("list", topic=about, teller="assistant" if who == "you" else who, many=True)
    if said := _WAS_SAID.search(text):
        return Raw("list", topic=about, teller=said["who"].lower(), many=True)
    if _KNOW.search(text) or (_TELL_ABOUT.search(text) and not when):
        return Raw("list", topic=about, many=True)
    if _WHO.match(text):
        frame = _statement(_WHO.sub(SLOT + " ", text, count=1).rstrip(" ?!."))
        if frame and frame.entity == SLOT:
            return Raw("who", frame, former=former, many=many)
    parts = invert(text)
    if when:
        frame = _when_frame(text, parts) if parts else None
        return Raw("when", frame, former=former)
    if parts is None:
        return _bare_noun(text, former)
    frame = _frame(text, parts)
    if frame is None:
        return Raw("other", former=former, many=many)
    if parts.wh == ["who"] and frame.relation == "is":  # a name, and not "tall"
        frame = replace(frame, relation="called")
    wanted = "value" if SLOT in frame.value else "check"
    return Raw(wanted, frame, former=former, many=many)  # type: ignore[arg-type]


def _topic(text: str) -> str:
    """The words after the last "about"; empty for "about me"."""
    found = list(_ABOUT.finditer(text))
    if not found:
        return ""
    topic = text[found[-1].end() :].strip(" ?.!,\t\n")
    return "" if topic.lower() in _MYSELF else topic


def _addressed(rest: str) -> str:
    """Whom it was said to: "Ben" of "promise Ben"; not you, and not a time."""
    for one in resolve_dates(rest, _ANY_DAY):
        rest = rest.replace(one.phrase, "")
    rest = re.sub(
        r"^\s*(?:to )?(?:you|me|us)?\b|\b(?:to|on|in|at|so far|before|earlier)\b", "", rest
    )
    return rest.strip(" ?.!,\t\n")


def _said(text: str, parts: Inversion, start: int, end: int | None) -> str:
    """Words as written, contractions spelt out."""
    pieces = []
    for word in parts.words[start:end]:
        written = text[word.start : word.end]
        pieces.append(written if written.lower().replace("’", "'") == word.low else word.low)
    return " ".join(pieces)


def _statement(text: str) -> Frame | None:
    return next(iter(read_statement(text, any_subject=True)), None)


def _frame(text: str, parts: Inversion) -> Frame | None:
    """The frame of the statement that would answer."""
    subject = _said(text, parts, parts.start, parts.end)
    tail = parts.tail
    wh = parts.wh
    count = len(tail)
    written = _said(text, parts, parts.end, parts.end + count)
    if not wh or parts.first == parts.aux:
        return _yes_or_no(text, parts, subject, written)
    aux = parts.words[parts.aux].low if parts.aux >= 0 else ""
    if wh[0] in ("why", "whose") or (wh[0] == "how" and wh[1:] != ["old"]):
        return None
    if parts.aux < 0:  # "what my dog is called", "where I live", "my dog is 3": statement order
        return _statement(f"{subject} {written} {_slot(wh, tail)}")
    if aux in BE:
        be = "am" if subject.lower() == "i" else "is"
        if wh[:2] == ["how", "old"]:
            return _statement(f"{subject} {be} {NUMBER_SLOT} years old") if not tail else None
        if not tail:
            if len(wh) > 1:  # "what colour is my car": not a form that can be read
                return None
            return _statement(f"{subject} {be} {'in ' if wh[0] == 'where' else ''}{SLOT}")
        if tail[0] == "born":
            return _statement(f"{subject} was born in {SLOT}")
        return _statement(f"{subject} {be} {written} {SLOT}")
    if aux in ("do", "does", "did"):
        if tail[:1] == ["do"] and wh == ["what"] and len(tail) in (3, 4):
            return _statement(f"{subject} works as {SLOT}")  # "what do I do for a living"
        if not tail:
            return None
        return _statement(f"{subject} {written} {_slot(wh, tail)}")
    if aux in ("have", "has") and tail:
        return _statement(f"{subject} {written} {SLOT}")
    return None


def _slot(wh: list[str], tail: list[str]) -> str:
    """The slot, with the preposition that a place needs and the question leaves out."""
    last = tail[-1] if tail else ""
    if wh[:2] == ["how", "old"]:
        return f"{NUMBER_SLOT} years old"
    if last in PREPOSITIONS:
        return SLOT
    if wh[0] in ("where", "which") or (wh[0] == "what" and len(wh) > 1):
        if last in ("live", "lives", "lived", "born"):
            return f"in {SLOT}"
        if last in ("work", "works", "worked"):
            return f"at {SLOT}"
        if last in ("go", "went", "move", "moved", "travel"):
            return f"to {SLOT}"
    return SLOT


def _yes_or_no(text: str, parts: Inversion, subject: str, written: str) -> Frame | None:
    if parts.aux < 0:
        return _statement(f"{subject} {written}")
    aux = parts.words[parts.aux].low
    if not written or aux not in AUXILIARIES - {"did", "had", "can", "could", "will", "would"}:
        return None
    if aux in BE:
        return _statement(f"{subject} {'am' if subject.lower() == 'i' else 'is'} {written}")
    return _statement(f"{subject} {'' if aux in ('do', 'does') else aux} {written}")


def _when_frame(text: str, parts: Inversion) -> Frame | None:
    """ "When is my birthday": a value after all."""
    if parts.tail or parts.aux < 0 or parts.words[parts.aux].low not in BE:
        return None
    return _statement(f"{_said(text, parts, parts.start, parts.end)} is {SLOT}")


def _bare_noun(text: str, former: bool) -> Raw:
    """ "Tell me my dog's name", "my dog's name?": the value of what is named."""
    lows = [word.low for word in words_of(text)]
    at = next((k for k, low in enumerate(lows) if low in ("my", "our") or low.endswith("'s")), None)
    if at is None or at > 3 or len(lows) - at > 6 or any(low in AUXILIARIES for low in lows):
        return Raw("other", former=former)
    frame = _statement(" ".join([*lows[at:], "is", SLOT]))
    return Raw("value", frame, former=former) if frame else Raw("other", former=former)
