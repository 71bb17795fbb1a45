"""The command /why: what was recalled for the last reply, why, and what the reply took from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, recollection_data
from assistant.terminal.display import local_date, one_line, said_by
from assistant.terminal.registry import Call

if TYPE_CHECKING:
    from assistant.turn import Recollection, Reply

SHOWN = 3
_LEAST = 0.01  # what is less likely than this to answer is not shown unasked, but for the first


def why(context: CommandContext, call: Call) -> Data:
    """Explain what was recalled for the last reply.

    Raises:
        UsageError: There is none.
    """
    reply = context.last_reply
    if reply is None:
        raise UsageError("there is no reply yet to explain; say something first")
    found = reply.recollections
    # "Who told you that?" is answered from what the reply before it quoted.
    hits = [*found, *(hit for hit in reply.used if not _is_among(hit, found))]
    used = [place for place, hit in enumerate(hits) if _is_among(hit, reply.used)]
    limit: int | None = call.options["limit"]
    places = _worth_showing(hits, used) if limit is None else range(min(limit, len(hits)))
    instead = {
        place: _instead(context, found.query, hits[place], place) if place < len(found) else None
        for place in places
    }
    context.output.line(_heading(reply, used), "note")
    for place in places:
        _show(context, hits[place], place, instead[place])
    if places:
        context.output.line(
            f"+ speaks for a memory, - against it; {context.sign}help why tells of what.", "note"
        )
    if len(hits) > len(places):
        context.output.line(
            f"{len(hits) - len(places)} more: {context.sign}why --limit {len(hits)}", "note"
        )
    return {
        "query": found.query,
        "confident": found.confident,
        "hits": [
            {
                **recollection_data(hits[place]),
                "used": place in used,
                "without_it": None if other is None else recollection_data(other),
            }
            for place, other in instead.items()
        ],
    }


def _is_among(hit: Recollection, others: Iterable[Recollection]) -> bool:
    return any(hit.refs == one.refs for one in others)


def _worth_showing(hits: Sequence[Recollection], used: Sequence[int]) -> list[int]:
    """Positions of what the reply used, and of the likeliest besides."""
    likely = [place for place, hit in enumerate(hits) if hit.confidence >= _LEAST or not place]
    return sorted({*used, *likely[: max(SHOWN - len(used), 0)]})


def _heading(reply: Reply, used: Sequence[int]) -> str:
    """What the reply took from what was recalled."""
    from assistant.language.questions import asks

    found = reply.recollections
    asked = f"“{one_line(found.query)}”"
    if not found and not used:
        return "Nothing was recalled for the last reply."
    if used:
        numbers = ", ".join(str(place + 1) for place in used)
        unsure = "" if found.confident else ", which says what was asked, though recall was unsure"
        return f"{asked} was answered from {numbers}{unsure}:"
    if asks(found.query):
        return f"No memory was found to answer {asked}; the nearest:"
    return f"{asked} was answered from no memory; the nearest:"


def _show(
    context: CommandContext, hit: Recollection, place: int, instead: Recollection | None
) -> None:
    out = context.output
    out.line(f"{place + 1}. {one_line(hit.text)}")
    kept = f"memory {hit.memory}" if hit.memory is not None else "short-term memory"
    former = ", former" if hit.superseded else ""
    out.line(
        f"   {said_by(hit.speaker)}, {local_date(hit.said_at, time=True)}, {kept}{former}, "
        f"{100 * hit.confidence:.0f}% sure",
        "note",
    )
    factors = sorted(hit.why.items(), key=lambda item: -abs(item[1]))
    shown = "  ".join(f"{name} {value:+.2f}" for name, value in factors if abs(value) >= 0.005)
    if shown:
        out.line(f"   {shown}", "note")
    for date in hit.dates:
        until = "" if date.end == date.start else f" to {date.end.isoformat()}"
        out.line(f"   {date.phrase}: {date.start.isoformat()}{until}", "note")
    if instead is not None:
        words = one_line(instead.text)
        out.line(f"   without it: {words} ({100 * instead.confidence:.0f}% sure)", "note")
    elif hit.memory is not None:
        out.line("   without it: nothing more", "note")
    out.line(f"   refs {', '.join(hit.refs)}", "note")


def _instead(
    context: CommandContext, query: str, hit: Recollection, place: int
) -> Recollection | None:
    """What would have come in the place of a memory, had it not been; None when nothing would."""
    if hit.memory is None:
        return None
    found = context.assistant.recall(query, k=place + 2, without=[hit.memory])
    others = [one for one in found if one.text != query]  # what was said just now is no answer
    return others[place] if place < len(others) else None
