"""Measures recall on conversations in the neutral form: ``assistant eval FILE``.

Each conversation is fed to a fresh temporary store as it would have happened, then every
question is asked on its own. The user's store is never opened; TensorFlow is never imported.
No language model judges: what counts is whether the turns named are the evidence.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.conversations import Conversation, ConversationError, Question, read_conversations
from assistant.encoder import Encoder, encode_turns
from assistant.fusion import FusionRanker
from assistant.recall import Recall
from assistant.training.abstention import Abstention
from assistant.training.baselines import BM25, Baseline, Dense, Floats, OpenEncoder
from assistant.training.figures import WRONG_SPEAKER, Asked, Evaluation, Method, as_json, render
from assistant.turn import Scope, Turn
from storage import LongTermStore, NewTurn

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.config import Config

DEPTH = 20
"""Recollections asked for; figures at k look at the first k turns that they name."""

__all__ = ["as_json", "evaluate_file", "render"]

FUSION = "hand-tuned fusion"
DENSE, DENSE_FUSION = "open encoder (cosine)", "hand-tuned fusion, open encoder"

SHARES = (0.2, 0.4, 0.6, 0.8)
"""Of the turns of a conversation, kept as memories, for the curve."""

Opener = Callable[[Path, "Config"], "Assistant"]
Encode = Callable[[Sequence[str]], Floats]


@dataclass(slots=True)
class _Tally:
    """A method while it is being measured."""

    asked: list[Asked] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)
    kept: int = 0
    fed: int = 0
    present: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    masked: list[float] = field(default_factory=list)
    threshold: float = 0.0

    def abstention(self) -> Abstention | None:
        if not self.present:
            return None
        return Abstention(self.present, self.right, self.masked, self.threshold)

    def method(self, name: str) -> Method:
        kept = self.kept / self.fed if self.fed else None
        return Method(name, tuple(self.asked), tuple(self.latency_ms), kept, self.abstention())


def evaluate_file(
    path: Path | str,
    *,
    keep_all: bool = False,
    curve: bool = False,
    dense: Encode | None = None,
    open_assistant: Opener | None = None,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """Measure recall on a file.

    Args:
        path: JSON lines in the neutral form.
        keep_all: Measure also with a salience threshold of 0: all but small talk is kept.
        curve: Measure also with only the most salient fifth of each conversation's turns kept,
            two fifths, three and four; facts with one value are kept in any case.
        dense: An open encoder to measure beside it, by itself and in hand-tuned fusion: unit
            vectors of texts (``baselines.minilm``).
        open_assistant: Opens an assistant on a store file with settings.
        progress: Called with a line of words after each conversation.

    Raises:
        ConversationError: The file cannot be read, a line is no conversation, or there is
            no question with evidence.
    """
    from assistant.config import Config

    started = time.perf_counter()
    opener = open_assistant or _default_opener()
    settings = {"assistant": Config()}
    if keep_all:
        settings["assistant, threshold 0"] = Config(salience_threshold=0.0)
    tallies = {name: _Tally() for name in (*settings, FUSION, "BM25", "encoder only (cosine)")}
    by_share = {share: _Tally() for share in SHARES if curve}
    if dense is not None:
        tallies |= {DENSE: _Tally(), DENSE_FUSION: _Tally()}
    conversations = turns = 0
    for conversation in _conversations(Path(path)):
        if not conversation.turns:
            continue
        thresholds: dict[float, float] = {}
        for name, config in settings.items():
            with (
                tempfile.TemporaryDirectory(prefix="eval-") as folder,
                opener(Path(folder) / "memory.db", config) as assistant,
            ):
                _feed(assistant, conversation)
                _ask(assistant, conversation, tallies[name])
                if name == "assistant":
                    thresholds = {
                        share: _threshold(assistant, conversation, share) for share in by_share
                    }
                    _ask_twice(assistant, conversation, tallies[name])
                    _fuse(assistant, conversation, tallies[FUSION])
                    _rank(_encoder_only(assistant), conversation, tallies["encoder only (cosine)"])
        for share, tally in by_share.items():
            config = Config(salience_threshold=thresholds[share])
            with (
                tempfile.TemporaryDirectory(prefix="eval-") as folder,
                opener(Path(folder) / "memory.db", config) as assistant,
            ):
                _feed(assistant, conversation)
                _ask(assistant, conversation, tally)
        texts = [f"{turn.speaker}: {turn.text}" for turn in conversation.turns]
        _rank(BM25(texts), conversation, tallies["BM25"])
        if dense is not None:
            with _transcript(conversation, OpenEncoder(dense)) as store:
                recall = Recall(store, OpenEncoder(dense), FusionRanker())
                _rank(_dense(dense, texts), conversation, tallies[DENSE])
                _recall(recall, conversation, tallies[DENSE_FUSION], "transcript")
        conversations += 1
        turns += len(conversation.turns)
        if progress is not None:
            progress(
                f"{conversation.id}: {len(conversation.turns)} turns, "
                f"{len(conversation.questions)} questions"
            )
    if not any(one.evidence for one in tallies["assistant"].asked):
        raise ConversationError(
            f"{path}: no question with evidence; expected 'questions' in the conversations"
        )
    return Evaluation(
        tuple(tally.method(name) for name, tally in tallies.items()),
        conversations,
        turns,
        time.perf_counter() - started,
        tuple(tally.method(f"assistant, {share:.0%}") for share, tally in by_share.items()),
    )


def _default_opener() -> Opener:
    from assistant.assistant import Assistant
    from assistant.neural import load_encoder, load_session_network

    encoder, network = load_encoder(), load_session_network()

    def open_assistant(path: Path, config: Config) -> Assistant:
        return Assistant(path, encoder=encoder, network=network, config=config)

    return open_assistant


def _conversations(path: Path) -> Iterator[Conversation]:
    try:
        with path.open("rb") as file:
            yield from read_conversations(file, str(path))
    except OSError as error:
        raise ConversationError(f"{path}: cannot be read ({error.strerror})") from None


def _feed(assistant: Assistant, conversation: Conversation) -> None:
    """Say every turn; a new session where the number changes, and at the end."""
    for _, session in groupby(conversation.turns, key=lambda turn: turn.session):
        assistant.observe_many([Turn(t.text, t.speaker, t.at, t.id, role=t.role) for t in session])
        assistant.new_session()


def _threshold(assistant: Assistant, conversation: Conversation, share: float) -> float:
    """The salience that so many of the turns reach, by what was kept of them."""
    kept = sorted((one.salience for one in assistant.store.memories()), reverse=True)
    place = round(share * len(conversation.turns)) - 1
    return kept[min(max(place, 0), len(kept) - 1)] if kept else 0.0


def _ask(assistant: Assistant, conversation: Conversation, tally: _Tally) -> None:
    tally.fed += len(conversation.turns)
    index = assistant.store.index(assistant.encoder.fingerprint)
    tally.kept += int(np.count_nonzero(index.memory))
    now = conversation.turns[-1].at
    for question in conversation.questions:
        started = time.perf_counter()
        hits = assistant.recall(question.text, k=DEPTH, now=now)
        tally.latency_ms.append((time.perf_counter() - started) * 1000)
        named = [ref for hit in hits for ref in hit.refs]
        tally.asked.append(_asked(question, named, hits.confident))


def _ask_twice(assistant: Assistant, conversation: Conversation, tally: _Tally) -> None:
    """How sure it is of each question, and how sure had the evidence never been said.

    Questions about the wrong speaker are left out: to abstain is right there.
    """
    now = conversation.turns[-1].at
    for question in conversation.questions:
        if not question.evidence or question.category == WRONG_SPEAKER:
            continue
        hits = assistant.recall(question.text, k=1, now=now)
        without = assistant.recall(question.text, k=1, now=now, without=question.evidence)
        tally.threshold = hits.threshold
        tally.present.append(hits[0].confidence if hits else 0.0)
        tally.right.append(bool(hits) and not set(hits[0].refs).isdisjoint(question.evidence))
        tally.masked.append(without[0].confidence if without else 0.0)


def _fuse(assistant: Assistant, conversation: Conversation, tally: _Tally) -> None:
    """The same candidates in the order of hand-tuned fusion."""
    recall = Recall(assistant.store, assistant.encoder, FusionRanker())
    _recall(recall, conversation, tally, "memories")


def _recall(recall: Recall, conversation: Conversation, tally: _Tally, scope: Scope) -> None:
    for question in conversation.questions:
        hits = recall(question.text, k=DEPTH, now=conversation.turns[-1].at, scope=scope)
        tally.asked.append(_asked(question, [ref for hit in hits for ref in hit.refs]))


def _transcript(conversation: Conversation, encoder: Encoder) -> LongTermStore:
    """A store in memory of every turn, none of them consolidated."""
    vectors = encode_turns(encoder, conversation.turns)
    store = LongTermStore(":memory:")
    store.append(
        [
            NewTurn(
                ref=turn.id,
                session=str(turn.session),
                role=turn.role,
                speaker=turn.speaker,
                text=turn.text,
                said_at=turn.at,
                vector=vector,
                fingerprint=encoder.fingerprint,
            )
            for turn, vector in zip(conversation.turns, vectors, strict=True)
        ]
    )
    return store


def _encoder_only(assistant: Assistant) -> Baseline:
    encoder = assistant.encoder
    index = assistant.store.index(encoder.fingerprint)
    return Dense(np.array(index.vectors), lambda query: encoder.encode([query], kind="query")[0])


def _dense(encode: Encode, texts: Sequence[str]) -> Baseline:
    return Dense(encode(texts), lambda query: encode([query])[0])


def _rank(baseline: Baseline, conversation: Conversation, tally: _Tally) -> None:
    refs = [turn.id for turn in conversation.turns]
    for question in conversation.questions:
        order = np.argsort(-baseline.scores(question.text), kind="stable")
        tally.asked.append(_asked(question, [refs[row] for row in order[:DEPTH]]))


def _asked(question: Question, named: Iterable[str], confident: bool = False) -> Asked:
    distinct = tuple(dict.fromkeys(named))
    return Asked(question.category, frozenset(question.evidence), distinct, confident)
