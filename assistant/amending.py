"""Which turn another sets right by its time alone: "No wait, Friday at ten", 不对，是周四.

The words lean on what the same speaker told just before, in the same session. Where that names no
time, or more than one, nothing is set right: a wrong correction is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.language import resolve_dates
from assistant.language.amendment import amended_dates, amends_time, names_clock
from assistant.reading import is_passing
from assistant.recollecting import of_turn
from assistant.turn import Recollection, Recollections, ResolvedDate
from storage import TurnRecord

LOOKED_AT = 24  # turns of a session before it


def set_right_by(turn: TurnRecord, before: Iterable[TurnRecord]) -> TurnRecord | None:
    """The turn whose time a turn takes back, if it does.

    Args:
        turn: What was said.
        before: The turns of its session before it, newest first.
    """
    if turn.role == "assistant" or not amends_time(turn.text):
        return None
    for one in before:
        if one.session != turn.session or one.speaker != turn.speaker or one.role == "assistant":
            continue
        if is_passing(one.text):
            continue
        if len(resolve_dates(one.text, one.said_at)) != 1:
            return None
        named = bool(resolve_dates(turn.text, turn.said_at))  # else the day stays as it was
        return one if named or names_clock(one.text) else None
    return None


def dates_of(turn: TurnRecord, earlier: TurnRecord) -> tuple[ResolvedDate, ...]:
    """The times that a turn names, as one of which another turn is set right."""
    named = resolve_dates(earlier.text, earlier.said_at)
    if not named:
        return ()
    amended = amended_dates(turn.text, turn.said_at, named[0].start)
    # "No, at 11": the day stays, without the other turn's word for it, which may be forgotten.
    return amended or (replace(named[0], phrase=turn.text.strip()),)


def with_amendments(found: Recollections, held: Sequence[TurnRecord]) -> Recollections:
    """What was recalled, each time that was set right since put behind what set it right.

    For turns at hand, which consolidation has not decided about yet.

    Args:
        found: What recall brought back.
        held: The turns at hand, oldest first.
    """
    hits = list(found)
    for place, turn in enumerate(held):
        if not amends_time(turn.text):
            continue
        earlier = set_right_by(turn, reversed(held[:place]))
        at = None if earlier is None else _place_of(earlier, hits)
        if at is None:
            continue
        former = hits[at]
        known = _place_of(turn, hits)
        new = of_turn(turn) if known is None else hits[known]
        new = replace(new, dates=dates_of(turn, earlier) if earlier else new.dates)
        sure = max(new.confidence, former.confidence)
        hits[at] = replace(former, superseded=True)
        hits.insert(at, replace(new, score=former.score + 1e-6, confidence=sure))
        if known is not None:
            del hits[known + (known >= at)]
    return Recollections(hits, query=found.query, threshold=found.threshold)


def _place_of(turn: TurnRecord, hits: Sequence[Recollection]) -> int | None:
    return next((i for i, hit in enumerate(hits) if turn.ref in hit.refs), None)
