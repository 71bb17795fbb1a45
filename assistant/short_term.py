"""Short-term memory: the last turns of a session, and a recurrent state over them.

Bounded three ways: by turns, by tokens, and by silence. Knows nothing of the store; what leaves
is handed back to the caller.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from assistant.encoder import Array, SessionNetwork, State
from storage import TurnRecord


@dataclass(frozen=True, slots=True)
class BufferedTurn:
    """A turn held in short-term memory.

    ``vector`` is its embedding, (dimension,); ``salience`` the probability, 0 to 1, that it will
    be needed again, judged in the light of the turns before it; ``tokens`` its length.
    """

    turn: TurnRecord
    vector: Array
    salience: float
    tokens: int


class ShortTermMemory:
    """The last turns, and the LSTM state (h, c) carried from one to the next.

    >>> from assistant.testing import HashEncoder, LengthNetwork
    >>> memory = ShortTermMemory(LengthNetwork(HashEncoder().dimension))
    >>> len(memory.turns), memory.capacity
    (0, 12)

    Args:
        network: Steps the state and judges salience.
        capacity: Most turns held.
        token_capacity: Most tokens held; a single longer turn is still held, alone.
        silence_s: Seconds without a turn after which the session is over.
    """

    def __init__(
        self,
        network: SessionNetwork,
        *,
        capacity: int = 12,
        token_capacity: int = 1024,
        silence_s: float = 30 * 60,
    ) -> None:
        self.capacity = capacity
        self.token_capacity = token_capacity
        self.silence_s = silence_s
        self.state: State = network.start()
        self.context: Array | None = None
        self._network = network
        self._turns: deque[BufferedTurn] = deque()

    @property
    def turns(self) -> tuple[BufferedTurn, ...]:
        """What is held, oldest first."""
        return tuple(self._turns)

    @property
    def tokens(self) -> int:
        """How many tokens are held."""
        return sum(held.tokens for held in self._turns)

    @property
    def leaves_next(self) -> BufferedTurn | None:
        """The oldest turn: the next one to leave."""
        return self._turns[0] if self._turns else None

    def ended_by_silence(self, at: datetime) -> bool:
        """Whether a turn at this time comes too long after the last one to be the same session."""
        if not self._turns:
            return False
        return (at - self._turns[-1].turn.said_at).total_seconds() > self.silence_s

    def observe(self, turn: TurnRecord, vector: Array, tokens: int) -> list[BufferedTurn]:
        """Take a turn in; returns those that had to leave for it, oldest first."""
        self.state, seen = self._network.step(self.state, vector, turn.text, turn.role)
        self.context = seen.context
        self._turns.append(BufferedTurn(turn, vector, seen.salience, tokens))
        left = []
        while len(self._turns) > self.capacity or (
            len(self._turns) > 1 and self.tokens > self.token_capacity
        ):
            left.append(self._turns.popleft())
        return left

    def clear(self) -> list[BufferedTurn]:
        """End the session: hand back every turn, oldest first, and zero the state."""
        left = list(self._turns)
        self._turns.clear()
        self.state = self._network.start()
        self.context = None
        return left

    def forget(self, turn_ids: set[int]) -> None:
        """Drop these turns and rebuild the state from the rest, so that no trace is left in it."""
        kept = [held for held in self.clear() if held.turn.id not in turn_ids]
        for held in kept:
            self.observe(held.turn, held.vector, held.tokens)
