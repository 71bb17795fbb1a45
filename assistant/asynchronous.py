"""Async twins of the assistant's methods, for programs that run an event loop.

Each runs its twin in a worker thread; the assistant's lock makes them take turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.sleeping import SleepReport
    from assistant.turn import Recollections, Reply, Turn
    from storage import ForgetReceipt, MemoryRecord

_SLICE_S = 0.05


class AsyncTwins:
    """Mixed into ``Assistant``: ``await a.areply(...)`` and so on."""

    @property
    def _twin(self) -> Assistant:
        return cast("Assistant", self)

    async def areply(self, text: str, **options: Any) -> Reply:
        """As ``reply``."""
        return await asyncio.to_thread(self._twin.reply, text, **options)

    async def astream(self, text: str, **options: Any) -> AsyncIterator[str]:
        """As ``stream``. Cancelled while a model is awaited, it hangs up on the model."""
        pieces: Any = self._twin.stream(text, **options)
        step = None
        try:
            while True:
                step = asyncio.create_task(asyncio.to_thread(next, pieces, None))
                if (piece := await asyncio.shield(step)) is None:
                    break
                yield piece
        finally:
            stop = getattr(self._twin.responder, "stop", None)
            while step is not None and not step.done():  # a generator at work cannot be closed
                if stop is not None:
                    stop()
                await asyncio.wait([step], timeout=_SLICE_S)
            if step is not None and not step.cancelled():
                step.exception()  # whatever it was has been raised, or is of no interest any more
            await asyncio.to_thread(pieces.close)

    async def aobserve(self, text: str, **options: Any) -> Turn:
        """As ``observe``."""
        return await asyncio.to_thread(self._twin.observe, text, **options)

    async def aobserve_many(self, turns: Sequence[Turn]) -> list[Turn]:
        """As ``observe_many``."""
        return await asyncio.to_thread(self._twin.observe_many, turns)

    async def arecall(self, query: str, k: int = 10, **options: Any) -> Recollections:
        """As ``recall``."""
        return await asyncio.to_thread(self._twin.recall, query, k, **options)

    async def anew_session(self) -> None:
        """As ``new_session``."""
        await asyncio.to_thread(self._twin.new_session)

    async def aconsolidate(self) -> list[MemoryRecord]:
        """As ``consolidate``."""
        return await asyncio.to_thread(self._twin.consolidate)

    async def aremember(self, text: str, **options: Any) -> MemoryRecord:
        """As ``remember``."""
        return await asyncio.to_thread(self._twin.remember, text, **options)

    async def aforget(self, **what: Any) -> ForgetReceipt:
        """As ``forget``."""
        return await asyncio.to_thread(self._twin.forget, **what)

    async def asleep(self) -> SleepReport:
        """As ``sleep``."""
        return await asyncio.to_thread(self._twin.sleep)

    async def aclose(self) -> None:
        """As ``close``."""
        await asyncio.to_thread(self._twin.close)

    async def __aenter__(self) -> Assistant:
        return self._twin

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
