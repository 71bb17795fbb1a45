"""Compares what a step was expected to do with what it did; says what was there instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.replay.dialogue import Expectations, Pattern, ShortTerm
from assistant.turn import Recollections, Reply

TOP = 5
"""``recalled`` looks at this many recollections."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met.

    Args:
        key: The expectation, as the file names it.
        expected: What it asked for.
        found: What was there instead.
    """

    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected}\n  but {self.found}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step led to, as far as expectations can see it.

    Args:
        reply: Of a ``user`` step.
        recollections: Of a ``user`` or ``recall`` step.
        memories: The words of every memory.
        kept: The words of the turns in short-term memory that would be kept.
        buffer: The words of every turn in short-term memory, oldest first.
        current: The words of the memories that nothing has superseded.
        superseded: Those of the others.
        pinned: Those of the pinned ones.
        archived: Those in the archive.
        inbox: The words of both memories of each open question.
    """

    reply: Reply | None = None
    recollections: Recollections | None = None
    memories: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    buffer: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    inbox: tuple[str, ...] = ()


def check(expect: Expectations, outcome: Outcome) -> tuple[Failure, ...]:
    """Every expectation that was not met."""
    found: list[Failure] = []
    if outcome.reply is not None:
        found += _reply(expect, outcome.reply)
    if outcome.recollections is not None:
        found += _recalled(expect, outcome.recollections)
    found += _stored(expect, outcome)
    found += _standing(expect, outcome)
    if expect.short_term is not None:
        found += _short_term(expect.short_term, outcome.buffer)
    return tuple(found)


def _quote(texts: Iterable[object]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _lines(lead: str, texts: Sequence[str], nothing: str) -> str:
    """A list of texts, one a line, long ones cut."""
    if not texts:
        return nothing
    shown = [f"    {text if len(text) <= 200 else text[:197] + '...'}" for text in texts]
    return "\n".join([f"{lead}:", *shown])


def _absent(patterns: Sequence[Pattern], texts: Sequence[str]) -> list[Pattern]:
    return [p for p in patterns if not any(p.found_in(text) for text in texts)]


def _present(patterns: Sequence[Pattern], texts: Sequence[str]) -> list[Pattern]:
    return [p for p in patterns if any(p.found_in(text) for text in texts)]


def _reply(expect: Expectations, reply: Reply) -> Iterator[Failure]:
    said = _lines("the reply was", reply.text.splitlines(), "the reply was empty")
    if missing := _absent(expect.reply or (), [reply.text]):
        yield Failure("reply", _quote(missing), said)
    if unwanted := _present(expect.lacks or (), [reply.text]):
        yield Failure("not", f"no {_quote(unwanted)}", said)
    if expect.learned is not None:
        learned = _lines("it learned", reply.learned, "it learned nothing")
        if not expect.learned and reply.learned:
            yield Failure("learned", "nothing", learned)
        if missing := _absent(expect.learned, reply.learned):
            yield Failure("learned", _quote(missing), learned)


def _recalled(expect: Expectations, hits: Recollections) -> Iterator[Failure]:
    texts = [hit.text for hit in hits]
    shown = [
        f"{number}. [{hit.confidence:.2f}] {hit.speaker}: {hit.text}"
        + (" (superseded)" if hit.superseded else "")
        for number, hit in enumerate(hits, 1)
    ]
    instead = _lines("what was recalled was", shown, "nothing was recalled")
    if missing := _absent(expect.recalled or (), texts[:TOP]):
        yield Failure("recalled", f"{_quote(missing)} among the first {TOP}", instead)
    if missing := _absent(expect.first or (), texts[:1]):
        yield Failure("first", f"{_quote(missing)} in the best recollection", instead)
    if unwanted := _present(expect.not_recalled or (), texts):
        yield Failure("not recalled", f"no {_quote(unwanted)}", instead)
    if expect.order is not None:
        places = [
            next((n for n, text in enumerate(texts) if pattern.found_in(text)), None)
            for pattern in expect.order
        ]
        seen = [place for place in places if place is not None]
        if len(seen) < len(places) or seen != sorted(set(seen)):
            yield Failure("order", " before ".join(f'"{p}"' for p in expect.order), instead)
    if expect.abstains is not None and expect.abstains == hits.confident:
        wanted = "no confident recollection" if expect.abstains else "a confident recollection"
        yield Failure("abstains", wanted, f"{instead}\n    (confident from {hits.threshold:.2f})")


def _stored(expect: Expectations, outcome: Outcome) -> Iterator[Failure]:
    texts = [*outcome.memories, *outcome.kept]
    shown = [f"memory: {text}" for text in outcome.memories]
    shown += [f"to be kept: {text}" for text in outcome.kept]
    instead = _lines("what is stored is", shown, "nothing is stored")
    if missing := _absent(expect.stored or (), texts):
        dropped = _present(missing, outcome.buffer)
        note = f"\n    (in short-term memory, but not to be kept: {_quote(dropped)})"
        yield Failure("stored", _quote(missing), instead + (note if dropped else ""))
    if unwanted := _present(expect.not_stored or (), texts):
        yield Failure("not stored", f"no {_quote(unwanted)}", instead)
    if expect.memories is not None and expect.memories != len(outcome.memories):
        number = len(outcome.memories)
        yield Failure(
            "memories",
            str(expect.memories),
            _lines(f"there are {number}", outcome.memories, "there are none"),
        )


def _standing(expect: Expectations, outcome: Outcome) -> Iterator[Failure]:
    for key, patterns, texts, nothing in (
        ("current", expect.current, outcome.current, "no memory stands"),
        ("superseded", expect.superseded, outcome.superseded, "none was superseded"),
        ("pinned", expect.pinned, outcome.pinned, "none is pinned"),
        ("archived", expect.archived, outcome.archived, "none is in the archive"),
        ("inbox", expect.inbox, outcome.inbox, "the inbox is empty"),
    ):
        if patterns is None:
            continue
        instead = _lines("there is", texts, nothing)
        if missing := _absent(patterns, texts):
            yield Failure(key, _quote(missing), instead)
        elif not patterns and texts:
            yield Failure(key, "nothing", instead)


def _short_term(expect: ShortTerm, buffer: Sequence[str]) -> Iterator[Failure]:
    instead = _lines(f"short-term memory holds {len(buffer)}", buffer, "short-term memory is empty")
    if expect.empty and buffer:
        yield Failure("short-term", "nothing", instead)
    if expect.turns is not None and expect.turns != len(buffer):
        yield Failure("short-term", f"{expect.turns} turns", instead)
    rest = iter(buffer)
    if not all(any(pattern.found_in(text) for text in rest) for pattern in expect.holds):
        yield Failure("short-term", f"{_quote(expect.holds)}, in this order", instead)
    if unwanted := _present(expect.lacks, buffer):
        yield Failure("short-term", f"no {_quote(unwanted)}", instead)
    if expect.leaves_next and not expect.leaves_next.found_in(buffer[0] if buffer else ""):
        yield Failure("short-term", f"{_quote([expect.leaves_next])} to leave next", instead)
