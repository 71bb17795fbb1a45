"""Values as plain data: what ``--json`` shows. Documented in docs/terminal.md.

Times are ISO 8601 with their offset; probabilities are 0 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.turn import Recollection, Recollections, Reply
    from storage import ForgetReceipt, MemoryRecord, TurnRecord

Data = dict[str, Any]

# JSON escapes C0 itself; these would reach a terminal raw.
_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ud800-\udfff]")


def memory_data(memory: MemoryRecord) -> Data:
    """A memory."""
    return {
        "memory": memory.id,
        "text": memory.text,
        "speaker": memory.speaker,
        "role": memory.role,
        "said_at": memory.said_at.isoformat(),
        "refs": list(memory.refs),
        "salience": round(memory.salience, 4),
        "strength": round(memory.strength, 4),
        "subject": memory.subject,
        "value": memory.value,
        "dates": [_date_data(date) for date in memory.dates],
        "superseded_by": memory.superseded_by,
        "superseded_at": _moment(memory.superseded_at),
        "valid_from": _moment(memory.valid_from),
        "valid_to": _moment(memory.valid_to),
        "archived_at": _moment(memory.archived_at),
        "pinned": memory.pinned,
        "used": memory.uses,
    }


def turn_data(turn: TurnRecord) -> Data:
    """A turn that is no memory yet."""
    return {
        "memory": turn.memory,
        "turn": f"t{turn.id}",
        "text": turn.text,
        "speaker": turn.speaker,
        "role": turn.role,
        "said_at": turn.said_at.isoformat(),
        "refs": [turn.ref],
    }


def recollection_data(hit: Recollection) -> Data:
    """A recollection."""
    return {
        "text": hit.text,
        "speaker": hit.speaker,
        "role": hit.role,
        "said_at": hit.said_at.isoformat(),
        "score": round(hit.score, 6),
        "confidence": round(hit.confidence, 4),
        "refs": list(hit.refs),
        "why": {name: round(value, 4) for name, value in hit.why.items()},
        "dates": [_date_data(date) for date in hit.dates],
        "superseded": hit.superseded,
        "memory": hit.memory,
    }


def recollections_data(hits: Recollections) -> Data:
    """What a recall brought back."""
    return {
        "query": hits.query,
        "confident": hits.confident,
        "hits": [recollection_data(hit) for hit in hits],
    }


def reply_data(reply: Reply) -> Data:
    """A reply."""
    return {
        "reply": reply.text,
        "learned": list(reply.learned),
        "withheld": [secret.kind for secret in reply.withheld],
        "ref": reply.ref,
        "used": [hit.refs[0] for hit in reply.used],
        "recollections": recollections_data(reply.recollections),
    }


def receipt_data(receipt: ForgetReceipt) -> Data:
    """What a forgetting removed."""
    return {
        "turns": receipt.turns,
        "memories": receipt.memories,
        "scanned": list(receipt.scanned),
        "backups": receipt.backups,
        "backup": receipt.backup,
    }


def to_json(value: Mapping[str, Any]) -> str:
    """One line of JSON, readable Chinese and all, with nothing in it that a terminal obeys.

    >>> to_json({"a": "\\x1b\\x9b小"})
    '{"a": "\\\\u001b\\\\u009b小"}'
    """
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return _RAW.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _moment(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _date_data(date: Any) -> Data:
    return {
        "phrase": date.phrase,
        "start": date.start.isoformat(),
        "end": date.end.isoformat(),
    }
