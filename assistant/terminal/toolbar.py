"""The line at the bottom: mode, what words the replies, short-term memory, memories, device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.terminal.display import clip, one_line, width

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Status:
    """What the toolbar tells, taken after a turn so that drawing it costs no query.

    Args:
        mode: What words the replies.
        turns: How many turns short-term memory holds.
        capacity: How many it can hold.
        leaving: Words of the turn that leaves next; empty when it holds none.
        memories: How many memories there are.
        soon: How many turns of short-term memory will become memories.
        device: What runs the networks.
        writing: What is written: "normal", "read-only" or "off-record".
    """

    mode: str
    turns: int
    capacity: int
    leaving: str
    memories: int
    soon: int
    device: str
    writing: str = "normal"

    @classmethod
    def of(cls, assistant: Assistant) -> Status:
        """The status of an assistant now."""
        memory = assistant.short_term
        leaving = memory.leaves_next
        soon = [held.turn.id for held in memory.turns if assistant.is_kept(held)]
        records = assistant.store.turns_by_id(soon).values()
        return cls(
            mode=str(getattr(assistant.responder, "name", "chat")),
            turns=len(memory.turns),
            capacity=memory.capacity,
            leaving=leaving.turn.text if leaving is not None else "",
            memories=assistant.store.count_memories(),
            soon=sum(not record.consolidated for record in records),
            device=running_on(assistant),
            writing=assistant.mode,
        )

    def line(self, columns: int) -> str:
        """The toolbar in so many cells: what matters least is left out first.

        >>> Status("memory", 2, 12, "", 3, 1, "numpy cpu").line(80)
        'normal | memory | short-term 2/12 | 3 memories (+1 soon) | numpy cpu'
        """
        memories = "1 memory" if self.memories == 1 else f"{self.memories:,} memories"
        if self.soon:
            memories += f" (+{self.soon} soon)"
        held = f"short-term {self.turns}/{self.capacity}"
        # What is written is always told: nothing said is "normal" where there is no room.
        first = [] if self.writing == "normal" else [self.writing]
        essential = [*first, held, memories]
        line = _BETWEEN.join(essential)
        for parts in (
            [*first, held, memories, self.device],
            [*first, self.mode, held, memories, self.device],
            [self.writing, self.mode, held, memories, self.device],
        ):
            longer = _BETWEEN.join(parts)
            if width(longer) <= columns:
                essential, line = parts, longer
        room = columns - width(line) - width(_BETWEEN) - width("next out: ")
        if self.leaving and room >= 12:
            place = essential.index(held) + 1
            words = clip(self.leaving, min(room, 30))
            line = _BETWEEN.join([*essential[:place], f"next out: {words}", *essential[place:]])
        return clip(one_line(line), columns)


def running_on(assistant: Assistant) -> str:
    """What encodes now and where, such as "numpy cpu"; changes when a GPU takes over."""
    encoder = assistant.encoder
    runtime = str(getattr(encoder, "runtime", assistant.config.runtime))
    if runtime == "numpy":
        return "numpy cpu"
    return f"{runtime} {getattr(encoder, 'device', None) or 'gpu'}"
