"""The assistant: the way of a turn, from what was typed to what is answered and remembered.

A turn is committed to the transcript before anything else happens to it. Short-term memory takes
it in; what has to leave is consolidated; what it asks for is recalled; a responder answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, get_args

from assistant.afterwards import Afterwards
from assistant.amending import with_amendments
from assistant.asynchronous import AsyncTwins
from assistant.at_hand import only_asked, recallable, with_unwritten
from assistant.config import Config, Mode, Secrecy
from assistant.consolidation import Consolidation
from assistant.control import Control
from assistant.discretion import discreet
from assistant.encoder import Array, Encoder, SessionNetwork, encode_turns
from assistant.errors import UsageError
from assistant.intake import new_key, new_turn, new_turns
from assistant.keeping import Keeping
from assistant.language import asked_in, complete_question, is_incomplete, is_question, told_in
from assistant.networks import check_fit, ranker_for, reader_for
from assistant.neural import load_encoder, load_session_network
from assistant.preferences import is_request
from assistant.ranking import Ranker
from assistant.reading import is_passing
from assistant.recall import Recall
from assistant.recovery import recover
from assistant.responders import MemoryResponder, Request, Responder
from assistant.responders.citing import cited, repeats
from assistant.short_term import BufferedTurn, ShortTermMemory
from assistant.standing import ASKS, Standing
from assistant.then import Then
from assistant.transcript import Transcript, is_written
from assistant.turn import Recollection, Recollections, Reply, Role, Scope, Turn
from assistant.turnstile import Turnstile
from storage import Cipher, LongTermStore, MemoryRecord, TurnRecord, as_stored

Clock = Callable[[], datetime]


def local_time() -> datetime:
    """The wall clock, in the local offset."""
    return datetime.now().astimezone()


class Assistant(AsyncTwins, Control, Keeping):
    """A chat assistant that remembers.

    Thread-safe: calls take turns. Every method ``name`` that works has an async twin ``aname``.

    >>> from assistant.testing import HashEncoder, LengthNetwork
    >>> with Assistant(":memory:", encoder=HashEncoder(), network=LengthNetwork()) as a:
    ...     reply = a.reply("My dog is called Biscuit.")
    ...     a.recall("What is my dog called?")[0].text
    'My dog is called Biscuit.'

    Args:
        store: A path, ":memory:", a SQLite URL, or a ``LongTermStore`` (then not closed here).
        clock: Gives the time as an aware datetime.
        encoder: Turns text into vectors; the shipped LSTM when None.
        network: Steps the short-term state; the shipped LSTM when None.
        ranker: Orders what recall finds. When None: the shipped LSTM, or hand-tuned fusion beside
            an encoder that is not the shipped one, whose similarities the LSTM has never seen.
        responder: Words the replies; answers from memory alone when None.
        config: Settings.
        mode: "normal"; "read-only" recalls and writes nothing to the store; "off-record" likewise,
            and tells a terminal to keep nothing either. See ``mode``.
        owner: Isolation key: owners of one store never see each other's turns.
        key: The passphrase of an encrypted store, or a ``storage.Cipher`` made of it; a new store
            is made encrypted with it. Needs the extra ``encryption``.

    Raises:
        ValueError: The URL is not SQLite's.
        storage.StorageError: The store cannot be opened.
        CheckpointError: The weights cannot be used.
        ConfigurationError: The network takes vectors of another length than the encoder gives.
    """

    def __init__(
        self,
        store: str | Path | LongTermStore,
        *,
        clock: Clock = local_time,
        encoder: Encoder | None = None,
        network: SessionNetwork | None = None,
        ranker: Ranker | None = None,
        responder: Responder | None = None,
        config: Config | None = None,
        mode: Mode = "normal",
        owner: str = "default",
        key: str | Cipher | None = None,
    ) -> None:
        self.config = config or Config()
        _check_mode(mode)
        self.clock = clock
        self._owns_store = not isinstance(store, LongTermStore)
        self.store = (
            store
            if isinstance(store, LongTermStore)
            else LongTermStore(store, owner=owner, key=key)
        )
        try:
            self.encoder = encoder or load_encoder(
                runtime=self.config.runtime, device=self.config.device
            )
            self._network = network or load_session_network()
            check_fit(self.encoder, self._network)
        except BaseException:
            if self._owns_store:
                self.store.close()
            raise
        self._short_term = ShortTermMemory(
            self._network,
            capacity=self.config.short_term_turns,
            token_capacity=self.config.short_term_tokens,
            silence_s=self.config.silence_s,
        )
        threshold = self.config.salience_threshold
        if threshold is None:
            threshold = self._network.threshold
        self._consolidation = Consolidation(self.store, threshold=threshold)
        self._standing = Standing(self.store, self.encoder)
        self._then = Then(self.store, self.encoder)
        self._recall = Recall(
            self.store,
            self.encoder,
            ranker or ranker_for(self.encoder),
            None if ranker else reader_for(self.encoder),
            threshold=self.config.confidence_threshold,
        )
        self.responder: Responder = responder or MemoryResponder()
        self.session = new_key()
        self.last_reply: Reply | None = None
        self._questions: list[str] = []  # of this session, newest last; completes "And Eva?"
        self._mentioned_model = False
        self._recovered = False
        self._closed = False
        self._lock = Turnstile()
        self._transcript = Transcript(self.store, mode)
        self._waiting: list[TurnRecord] = []  # committed, but not yet encoded and taken in
        self._left: list[BufferedTurn] = []  # of short-term memory, but not yet decided about
        self._used: list[tuple[list[int], datetime]] = []  # memories, not yet noted as used
        self._afterwards = Afterwards(self._lock, self._after_reply)

    @property
    def short_term(self) -> ShortTermMemory:
        """The turns at hand, every one said so far taken in."""
        with self._lock:
            self._settle()
            return self._short_term

    @property
    def mode(self) -> Mode:
        """What is written: "normal", or nothing in "read-only" and "off-record".

        Setting it first consolidates what is held, so that nothing of before is left to write.
        Back in "normal", what was said meanwhile is dropped from short-term memory.
        """
        return self._transcript.mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        _check_mode(mode)
        with self._lock:
            if self._transcript.writes and mode != "normal":
                self.consolidate()
            elif mode == "normal":
                unwritten = [held.turn.id for held in self.short_term.turns]
                self._short_term.forget({number for number in unwritten if number < 0})
                self._questions = []
            self._transcript.mode = mode

    # The way of a turn

    def reply(self, text: str, *, secrets: Secrecy | None = None) -> Reply:
        """Take what the user says and answer it; ``secrets`` as in ``Config``, for this turn."""
        for _ in self.stream(text, secrets=secrets):
            pass
        assert self.last_reply is not None  # stream sets it when it is exhausted
        return self.last_reply

    def stream(self, text: str, *, secrets: Secrecy | None = None) -> Iterator[str]:
        """As ``reply``, piece by piece; ``last_reply`` holds the whole when it ends.

        The user's turn is committed before the first piece. A stream that is left early keeps
        the words given so far as the assistant's turn.
        """
        with self._lock:
            spoken, withheld = discreet([Turn(text)], secrets or self.config.secrets)
            context = self.session, self.short_term.context
            # What only asks becomes no memory: its vector can wait until it is answered.
            turn = self._hear(spoken, encode=not is_passing(spoken[0].text))[0]
            request = self._bring_back(turn, context)
        said, responder, pieces = "", self.responder, None
        try:
            pieces = responder.respond(request)
            for piece in pieces:
                said += piece
                yield piece
        finally:
            _close(pieces)  # a model is let go of before anything else
            with self._lock:
                ref, used = self._answer(said, request, pieces, responder)
                found, learned = request.recollections, request.learned
                self.last_reply = Reply(said, found, learned, ref, withheld, used)
            self._afterwards.begin()

    def observe(
        self,
        text: str,
        speaker: str = "user",
        at: datetime | None = None,
        ref: str | None = None,
        session: str | None = None,
        role: Role | None = None,
    ) -> Turn:
        """Take in a turn that wants no reply; returns it with its time, ref and session.

        Raises:
            ValueError: ``at`` is naive, or ``ref`` is known with another text.
        """
        return self.observe_many([Turn(text, speaker, at, ref, session, role)])[0]

    def observe_many(self, turns: Sequence[Turn]) -> list[Turn]:
        """Take in many turns at once: encoded in batches, committed all or none.

        Gives the same memories as observing them one by one.
        """
        with self._lock:
            records = self._hear(discreet(turns, self.config.secrets)[0])
            self._settle()
            return [_as_turn(record) for record in records]

    def recall(
        self,
        query: str,
        k: int = 10,
        *,
        now: datetime | None = None,
        scope: Scope = "memories",
        as_of: datetime | None = None,
        without: Collection[int | str] = (),
        budget_ms: float | None = None,
    ) -> Recollections:
        """Bring back the k memories that best answer a query. Writes nothing.

        Args:
            query: A question, or words.
            k: How many at most.
            now: Resolves dates in the question, and recency; ``as_of`` or the clock when None.
            scope: "memories", with what is still in short-term memory; or "transcript".
            as_of: Only what had been said by then, as it was believed then: what was corrected,
                edited or learned later is as if it had not been.
            without: Numbers of memories and refs of turns to recall as if they had never been
                said: what would have come in their place. Unknown ones are passed over.
            budget_ms: Time to keep within. When it grows short, fewer candidates are ranked; the
                searches that find them are never cut.

        Raises:
            ValueError: ``now`` or ``as_of`` is naive, ``k`` or ``budget_ms`` is too small, or
                ``scope`` is unknown.
        """
        if k < 1:
            raise UsageError(f"k is {k}; expected at least 1")
        if scope not in ("memories", "transcript"):
            raise UsageError(f"scope is {scope!r}; expected 'memories' or 'transcript'")
        if budget_ms is not None and not budget_ms > 0:
            raise UsageError(f"budget_ms is {budget_ms}; expected more than 0 milliseconds")
        for name, moment in (("now", now), ("as_of", as_of)):
            if moment is not None and moment.utcoffset() is None:
                raise UsageError(
                    f"{name} is {moment.isoformat()}, without an offset; expected an aware datetime"
                )
        now = now or as_of or self.clock()
        with self._lock:
            held = self.short_term.turns
            refs = [one for one in without if isinstance(one, str)]
            unsaid = [turn.id for ref in refs if (turn := self.store.turn(ref)) is not None]
            return self._recall(
                query,
                k=k,
                now=now,
                scope=scope,
                also=recallable(held),
                asked=only_asked(held),
                without=unsaid,
                without_memories=[one for one in without if not isinstance(one, str)],
                as_of=as_of,
                budget_ms=budget_ms,
            )

    def use_encoder(self, encoder: Encoder) -> None:
        """Encode on another device, or with another runtime, from now on.

        Raises:
            UsageError: Its weights are others, so that its vectors cannot be compared.
        """
        if encoder.fingerprint != self.encoder.fingerprint:
            raise UsageError(
                f"the encoder is {encoder.fingerprint[:12]}, expected another runtime of "
                f"{self.encoder.fingerprint[:12]}; open another assistant for other weights"
            )
        with self._lock:
            self.encoder = self._recall.encoder = encoder
            self._standing.encoder = self._then.encoder = encoder

    # Sessions and consolidation

    def new_session(self) -> None:
        """End the session: consolidate what is held, empty the buffer, zero (h, c)."""
        with self._lock:
            self._recover()
            self._left += self.short_term.clear()
            self._settle()
            self._questions = []
            self.session = new_key()

    def consolidate(self) -> list[MemoryRecord]:
        """Decide now about every turn held; they stay in short-term memory all the same."""
        with self._lock:
            self._recover()
            held = self.short_term.turns
            return self._consolidation.run(held) if self._transcript.writes else []

    def is_kept(self, held: BufferedTurn) -> bool:
        """Whether a turn in short-term memory will become a memory when it leaves."""
        decided = held.turn.consolidated  # recited: it goes to the transcript only
        return not decided and self._consolidation.keeps(held)

    def close(self) -> None:
        """End the session and let go of the store. Closing twice is harmless."""
        with self._lock:
            if self._closed:
                return
            try:
                if self.short_term.turns:
                    self.new_session()
            finally:
                self._closed = True
                if self._owns_store:
                    self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Steps

    def _hear(self, turns: Sequence[Turn], *, encode: bool = True) -> list[TurnRecord]:
        """Commit turns to the transcript, durable from here on, and take in those that are new.

        A turn whose ref is known already is not. What has to leave waits to be decided about; what
        is not to be encoded now waits to be taken in.
        """
        if self._closed:
            raise UsageError("this assistant is closed; open another on the same store")
        self._settle()
        self._recover()
        held = self._short_term.turns
        new = new_turns(
            turns,
            encoder=self.encoder if encode else None,
            clock=self.clock,
            session=self.session,
            last_said_at=held[-1].turn.said_at if held else None,
            silence_s=self.config.silence_s,
        )
        records = self._transcript.append(new)
        known = {one.turn.id for one in held}
        for record, spoken in zip(records, new, strict=True):
            decided = record.consolidated and is_written(record)
            if record.id in known or decided:
                continue
            known.add(record.id)
            if spoken.vector is None:
                self._enter(record.session)
                self._waiting.append(record)
            else:
                self._take_in(record, as_stored(spoken.vector))
        return records

    def _enter(self, session: str) -> None:
        """Go over to a session; what was held of another one leaves."""
        if session != self.session:
            self._left += self._short_term.clear()
            self._questions = []
            self.session = session

    def _take_in(self, record: TurnRecord, vector: Array) -> None:
        """Pass a turn through short-term memory."""
        self._enter(record.session)
        tokens = self.encoder.count_tokens(record.text)
        self._left += self._short_term.observe(record, vector, tokens)

    def _bring_back(self, turn: TurnRecord, before: tuple[str, Array | None]) -> Request:
        """Recall what a turn asks for; ``before`` is the session and the context it came into."""
        question = complete_question(turn.text, self._questions)
        if is_question(question):
            self._questions = [*self._questions[-7:], question]
        earlier = [held for held in self._short_term.turns if held.turn.id != turn.id]
        new = [held for held in self._short_term.turns if held.turn.id == turn.id]
        # What asks nothing is looked up as the turn that it is, and is not encoded twice.
        asks = not new or is_request(question) or bool(asked_in(question))
        asked = self.encoder.encode([question], kind="query")[0] if asks else None
        session, context = before
        recollections = self._recall(
            question,
            now=turn.said_at,
            vector=new[0].vector if asked is None else asked,
            context=self._completing(question, context) if turn.session == session else None,
            also=recallable(earlier),
            asked=only_asked([*self._left, *earlier]),
            before=turn.id if is_written(turn) else None,
        )
        recollections = with_unwritten(recollections, earlier)
        at_hand = [held.turn for held in (*self._left, *earlier)]
        recollections = with_amendments(recollections, at_hand)
        recollections = self._then.beside(recollections, question, turn.said_at, at_hand)
        # A model is to heed allergies and pins in any case.
        if not self.responder.recites or self._standing.asks(question, asked, least=ASKS):
            recollections = self._standing.beside(recollections, question, at_hand, vector=asked)
        kept = any(map(self.is_kept, new))
        return Request(
            text=turn.text,
            speaker=turn.speaker,
            question=question,
            recollections=recollections,
            short_term=tuple(_as_turn(held.turn) for held in earlier),
            learned=(turn.text,) if kept and told_in(turn.text) else (),
            now=turn.said_at,
            mention_model=not self._mentioned_model,
        )

    def _completing(self, question: str, context: Array | None) -> Array | None:
        """What short-term memory adds to a question that leans on what was said before."""
        if context is None or not is_incomplete(question):
            return None
        added: Array = self._network.context_weight * context
        return added

    def _answer(
        self, said: str, request: Request, pieces: object | None, responder: Responder
    ) -> tuple[str, tuple[Recollection, ...]]:
        """Commit the assistant's own turn; its ref, "" when not written, and what it used.

        Words that only repeat what memory holds go to the transcript alone.
        """
        used: tuple[Recollection, ...] | None = getattr(pieces, "used", None)
        if used is None:
            used = cited(said, request.question, request.recollections)
        self._use([hit.memory for hit in used if hit.memory is not None], request.now)
        self._mentioned_model |= getattr(pieces, "mentioned_model", False)
        if not said or self._closed:
            return "", used
        known = getattr(pieces, "recites", responder.recites) or repeats(
            said, request.question, request.recollections
        )
        secrecy: Secrecy = "store" if self.config.secrets == "store" else "mask"
        [turn], _ = discreet([Turn(said, "assistant")], secrecy)
        spoken = new_turn(turn, self.clock(), self.session, recited=known)
        [record] = self._transcript.append([spoken])
        self._waiting.append(record)
        return record.ref if is_written(record) else "", used

    def _use(self, memories: list[int], at: datetime) -> None:
        """Have memories that a reply used noted as used, when there is time."""
        if memories and self._transcript.writes:
            self._used.append((memories, at))

    def _settle(self) -> None:
        """Do what a reply did not wait for: take in what waits, decide about what left for it.

        Nothing is lost when it is never done: what was not decided about is found at the next
        start. Doing it twice is harmless.
        """
        if self._waiting:
            vectors = encode_turns(self.encoder, self._waiting)
            encoded = list(zip(self._waiting, vectors, strict=True))
            written = [(record.id, vector) for record, vector in encoded if is_written(record)]
            if written and self._transcript.writes:
                self.store.set_vectors(written, self.encoder.fingerprint)
            self._waiting = []
            for record, vector in encoded:
                self._take_in(record, as_stored(vector))
        if self._transcript.writes:
            if self._left:
                self._consolidation.run(self._left)
            while self._used:
                self.store.record_uses(*self._used[0])
                del self._used[0]
        self._left = []

    def _after_reply(self) -> None:
        """What there is time for now, and not when the next turn comes."""
        self._settle()
        self.store.index(self.encoder.fingerprint)

    def _recover(self) -> None:
        """Once, before the first write: finish what another process left undone."""
        if not self._recovered and self._transcript.writes:
            self._recovered = True
            recover(self.store, self.encoder, self._network, self._consolidation, self.session)


def _close(pieces: Iterator[str] | None) -> None:
    """Stop a responder that has more to say."""
    close: Callable[[], None] | None = getattr(pieces, "close", None)
    if close is not None:
        with suppress(Exception):
            close()


def _check_mode(mode: str) -> None:
    if mode not in get_args(Mode):
        named = ", ".join(map(repr, get_args(Mode)))
        raise UsageError(f"the mode is {mode!r}; expected one of {named}")


def _as_turn(record: TurnRecord) -> Turn:
    return Turn(
        record.text,
        record.speaker,
        record.said_at,
        record.ref,
        record.session,
        record.role,  # type: ignore[arg-type]
    )
