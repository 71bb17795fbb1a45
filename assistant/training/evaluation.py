"""Measures recall on conversations in the neutral form: ``assistant eval FILE``.

Each conversation is fed to a fresh temporary store as it would have happened, then every
question is asked on its own. The user's store is never opened; TensorFlow is never imported.
No language model judges: what counts is whether the turns named are the evidence.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.conversations import Conversation, ConversationError, Question, read_conversations
from assistant.training.baselines import BM25, Baseline, Dense, Floats, minilm
from assistant.turn import Turn

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.config import Config

DEPTH = 20
"""Recollections asked for; figures at k look at the first k turns that they name."""
WRONG_SPEAKER = "5"
"""LoCoMo's category of questions about the wrong speaker, reported apart."""

Opener = Callable[[Path, "Config"], "Assistant"]
Encode = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and the turns that were named for it, best first, each once."""

    category: str
    evidence: frozenset[str]
    named: tuple[str, ...]
    confident: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Averages over questions with evidence, 0 to 1.

    Args:
        questions: How many.
        r_at_5: Share of the evidence among the first five turns named.
        r_at_10: Share of the evidence among the first ten.
        hit_at_10: At least one piece of evidence among the first ten.
        all_at_10: All of it.
        mrr: One over the place of the first evidence.
    """

    questions: int
    r_at_5: float
    r_at_10: float
    hit_at_10: float
    all_at_10: float
    mrr: float

    @classmethod
    def of(cls, asked: Iterable[Asked]) -> Figures:
        """The figures of some questions; those without evidence are left out.

        >>> Figures.of([Asked("1", frozenset({"a", "b"}), ("x", "a"))]).r_at_5
        0.5
        """
        rows = []
        for one in asked:
            if not one.evidence:
                continue
            first = [len(one.evidence.intersection(one.named[:k])) for k in (5, 10)]
            place = next((n for n, ref in enumerate(one.named, 1) if ref in one.evidence), None)
            total = len(one.evidence)
            rows.append(
                (
                    first[0] / total,
                    first[1] / total,
                    first[1] > 0,
                    first[1] == total,
                    1 / place if place else 0.0,
                )
            )
        if not rows:
            return cls(0, *[0.0] * 5)
        return cls(len(rows), *(float(x) for x in np.mean(rows, axis=0)))


@dataclass(frozen=True, slots=True)
class Method:
    """How one way of recalling did.

    Args:
        name: Of the method.
        asked: Every question, in the order of the file.
        latency_ms: Of each question asked; empty for baselines.
        kept: Share of the turns that became memories; None for baselines.
    """

    name: str
    asked: tuple[Asked, ...]
    latency_ms: tuple[float, ...] = ()
    kept: float | None = None

    @property
    def figures(self) -> Figures:
        """Over all questions with evidence."""
        return Figures.of(self.asked)

    def by_category(self) -> dict[str, Figures]:
        """The figures of each category."""
        names = sorted({one.category for one in self.asked if one.evidence})
        return {
            name: Figures.of(one for one in self.asked if one.category == name) for name in names
        }

    def without_wrong_speaker(self) -> Figures:
        """The figures without LoCoMo's questions about the wrong speaker."""
        return Figures.of(one for one in self.asked if one.category != WRONG_SPEAKER)

    def percentile_ms(self, percent: float) -> float:
        """Latency that this many percent of the questions stay within."""
        return float(np.percentile(self.latency_ms, percent)) if self.latency_ms else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out: the assistant's own methods first, then the baselines.

    Args:
        methods: Each measured on the same questions.
        conversations: How many there were.
        turns: How many turns in all.
        seconds: How long it took, feeding included.
    """

    methods: tuple[Method, ...]
    conversations: int
    turns: int
    seconds: float


@dataclass(slots=True)
class _Tally:
    """A method while it is being measured."""

    asked: list[Asked] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)
    kept: int = 0
    fed: int = 0

    def method(self, name: str) -> Method:
        kept = self.kept / self.fed if self.fed else None
        return Method(name, tuple(self.asked), tuple(self.latency_ms), kept)


def evaluate_file(
    path: Path | str,
    *,
    keep_all: bool = False,
    dense: bool = False,
    open_assistant: Opener | None = None,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """Measure recall on a file.

    Args:
        path: JSON lines in the neutral form.
        keep_all: Measure also with every turn kept, whatever its salience.
        dense: Measure all-MiniLM-L6-v2 beside it, where the training extras are installed.
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
        settings["assistant, every turn kept"] = Config(salience_threshold=0.0)
    tallies = {name: _Tally() for name in (*settings, "BM25", "encoder only (cosine)")}
    encode = minilm() if dense else None
    if encode is not None:
        tallies["all-MiniLM-L6-v2"] = _Tally()
    conversations = turns = 0
    for conversation in _conversations(Path(path)):
        if not conversation.turns:
            continue
        for name, config in settings.items():
            with (
                tempfile.TemporaryDirectory(prefix="eval-") as folder,
                opener(Path(folder) / "memory.db", config) as assistant,
            ):
                _feed(assistant, conversation)
                _ask(assistant, conversation, tallies[name])
                if name == "assistant":
                    _rank(_encoder_only(assistant), conversation, tallies["encoder only (cosine)"])
        texts = [f"{turn.speaker}: {turn.text}" for turn in conversation.turns]
        _rank(BM25(texts), conversation, tallies["BM25"])
        if encode is not None:
            _rank(_dense(encode, texts), conversation, tallies["all-MiniLM-L6-v2"])
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


_COLUMNS = ("R@5", "R@10", "hit@10", "all@10", "MRR")


def render(evaluation: Evaluation) -> str:
    """The figures as a table in plain text."""
    width = max(24, *(len(method.name) for method in evaluation.methods))
    head = f"{'':{width}}  {'n':>5}  " + "  ".join(f"{name:>6}" for name in _COLUMNS)
    lines = [
        f"{evaluation.conversations} conversations, {evaluation.turns} turns, "
        f"{evaluation.seconds:.0f} s",
        "",
        head + "   p50 ms   p99 ms    kept",
    ]
    for method in evaluation.methods:
        row = _row(method.name, method.figures, width)
        if method.latency_ms:
            row += f"  {method.percentile_ms(50):7.1f}  {method.percentile_ms(99):7.1f}"
        if method.kept is not None:
            row += f"  {method.kept:6.1%}"
        lines.append(row)
    for method in evaluation.methods:
        categories = method.by_category()
        if len(categories) < 2:
            continue
        lines += ["", f"{method.name}, by category"]
        lines += [_row(f"  {name}", figures, width) for name, figures in categories.items()]
        if WRONG_SPEAKER in categories:
            label = f"  without category {WRONG_SPEAKER}"
            lines.append(_row(label, method.without_wrong_speaker(), width))
    return "\n".join(lines)


def _row(name: str, figures: Figures, width: int) -> str:
    values = (
        figures.r_at_5,
        figures.r_at_10,
        figures.hit_at_10,
        figures.all_at_10,
        figures.mrr,
    )
    return f"{name:{width}}  {figures.questions:5d}  " + "  ".join(f"{v:6.3f}" for v in values)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The figures as plain values.

    Those of the assistant stand at the top (``r_at_5``, ``r_at_10``, ``hit_at_10``,
    ``all_at_10``, ``mrr``, ``latency_ms``); ``methods`` has them for every method.
    """
    methods = {method.name: _method_json(method) for method in evaluation.methods}
    return {
        **methods["assistant"],
        "conversations": evaluation.conversations,
        "turns": evaluation.turns,
        "seconds": round(evaluation.seconds, 3),
        "methods": methods,
    }


def _method_json(method: Method) -> dict[str, Any]:
    values: dict[str, Any] = dict(_figures_json(method.figures))
    if method.latency_ms:
        values["latency_ms"] = {
            "p50": round(method.percentile_ms(50), 3),
            "p95": round(method.percentile_ms(95), 3),
            "p99": round(method.percentile_ms(99), 3),
        }
    if method.kept is not None:
        values["kept"] = round(method.kept, 4)
    categories = method.by_category()
    values["categories"] = {name: _figures_json(f) for name, f in categories.items()}
    if WRONG_SPEAKER in categories:
        values["without_category_5"] = _figures_json(method.without_wrong_speaker())
    return values


def _figures_json(figures: Figures) -> Mapping[str, float]:
    return {
        "questions": figures.questions,
        "r_at_5": round(figures.r_at_5, 4),
        "r_at_10": round(figures.r_at_10, 4),
        "hit_at_10": round(figures.hit_at_10, 4),
        "all_at_10": round(figures.all_at_10, 4),
        "mrr": round(figures.mrr, 4),
    }
