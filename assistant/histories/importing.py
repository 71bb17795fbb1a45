"""Takes an export into an assistant's memory, or only tells what that would do."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.conversations import ConversationError
from assistant.discretion import is_kept_as
from assistant.histories.files import Part, Progress
from assistant.histories.reading import Unreadable, read_histories
from assistant.histories.report import FOREIGN, HistoryReport
from assistant.turn import Turn
from storage import LongTermStore, RefConflict

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def import_histories(
    assistant: Assistant, parts: Sequence[Part], progress: Progress | None = None
) -> HistoryReport:
    """Take an export in, one conversation after the other, each whole or not at all.

    Args:
        assistant: Whose memory it becomes.
        parts: Of ``find_parts``.
        progress: Is told how many bytes have been read.

    Raises:
        ConversationError: A file ends too early (what came before is in), or it holds no
            conversation at all.
    """
    report = HistoryReport()
    assistant.new_session()
    for history in read_histories(parts, progress):
        if isinstance(history, Unreadable):
            report.pass_over(history)
            continue
        turns = history.turns()
        new, changed = _unknown(assistant.store, history.session, turns)
        try:
            taken = assistant.observe_many(new)
        except RefConflict:  # in another session, or written by another process just now
            found = [(turn, assistant.store.turn(str(turn.ref))) for turn in new]
            changed += sum(
                1 for turn, record in found if record and not is_kept_as(record.text, turn.text)
            )
            taken = assistant.observe_many([turn for turn, record in found if record is None])
        assistant.new_session()
        brought = sum(1 for turn in taken if turn.session == history.session)
        report.add(history, _times(turns), new=brought, changed=changed)
    return _checked(report, parts)


def survey_histories(
    store: LongTermStore, parts: Sequence[Part], progress: Progress | None = None
) -> HistoryReport:
    """What ``import_histories`` would do. Writes nothing.

    Args:
        store: What is known already; may be open for reading only.
        parts: Of ``find_parts``.
        progress: Is told how many bytes have been read.

    Raises:
        ConversationError: As ``import_histories``.
    """
    report = HistoryReport(dry_run=True)
    met: dict[str, array[int]] = {}  # digests of the refs of each conversation read so far
    for history in read_histories(parts, progress):
        if isinstance(history, Unreadable):
            report.pass_over(history)
            continue
        turns = history.turns()
        new, changed = _unknown(store, history.session, turns)
        before = met.setdefault(history.session, array("q"))
        new = [turn for turn in new if hash(turn.ref) not in before] if before else new
        before.extend(hash(turn.ref) for turn in new)
        report.add(history, _times(turns), new=len(new), changed=changed)
    return _checked(report, parts)


def _unknown(store: LongTermStore, session: str, turns: Sequence[Turn]) -> tuple[list[Turn], int]:
    """The turns that a session of the store does not have, and how many it has otherwise."""
    known = {record.ref: record.text for record in store.turns(session=session)}
    new = [turn for turn in turns if turn.ref not in known]
    changed = sum(
        1 for turn in turns if turn.ref in known and not is_kept_as(known[turn.ref], turn.text)
    )
    return new, changed


def _times(turns: Sequence[Turn]) -> list[datetime]:
    return [turn.at for turn in turns if turn.at is not None]


def _checked(report: HistoryReport, parts: Sequence[Part]) -> HistoryReport:
    """The report, unless there was something in the files and no conversation in it."""
    if report.left_out[FOREIGN] and not report.conversations and not report.damages:
        raise ConversationError(
            f"{parts[0].name}: JSON without a conversation of ChatGPT or Claude; expected "
            "objects with 'mapping' or 'chat_messages'"
        )
    return report
