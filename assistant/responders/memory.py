"""The built-in responder: answers from memory alone, deterministic, in English and Chinese.

It keeps company (greetings, thanks, the time), says what it will remember of a turn and what that
replaces, and has its questions answered by ``answers``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..language import Language, language_of, resolve_dates
from ..language.amendment import amends_time
from ..language.letters import is_nonsense
from ..language.questions import asked_in, told_in
from ..language.requests import ordered_in
from ..language.small_talk import kinds_of
from ..language.sources import asks_for_source
from ..language.statements import same_value
from ..turn import Recollection
from .answers import Answers
from .base import Request
from .evidence import Evidence
from .phrases import phrases_of, say_day, say_time, say_weekday
from .quoting import clip, closed, in_quotes, local_day, tidy
from .readings import Readings

_MOST_QUESTIONS = 3


class MemoryResponder:
    """Words replies without a model.

    >>> MemoryResponder().name
    'memory'
    """

    name = "memory"
    recites = True

    def __init__(self) -> None:
        self._readings = Readings()
        self._last: _Wording | None = None

    def respond(self, request: Request) -> MemoryReply:
        """The reply, line by line; see ``Responder``."""
        before = self._last.answers.shown if self._last and request.short_term else ()
        self._last = _Wording(request, self._readings, before)
        return MemoryReply(self._last)

    def forget_prompt(self) -> None:
        """Let go of what was read in recollections, and quoted."""
        self._readings.clear()
        self._last = None


class MemoryReply(Iterator[str]):
    """One reply, line by line, worded when its first line is asked for.

    Attributes:
        recites: It only repeats what memory holds.
        used: The recollections quoted so far, each once.
        mentioned_model: Whether it said how to connect a model.
    """

    recites = True

    def __init__(self, wording: _Wording) -> None:
        self._wording = wording
        self._lines = self._said()

    def __next__(self) -> str:
        return next(self._lines)

    @property
    def used(self) -> tuple[Recollection, ...]:
        """See the class."""
        return self._wording.answers.quoted

    @property
    def mentioned_model(self) -> bool:
        """See the class."""
        return self._wording.mentioned_model

    def _said(self) -> Iterator[str]:
        for i, line in enumerate(self._wording.lines()):
            yield line if i == 0 else "\n" + line


class _Wording:
    """One reply being worded."""

    def __init__(
        self, request: Request, readings: Readings, before: Sequence[Recollection] = ()
    ) -> None:
        self.request = request
        self.before = before  # what the reply before this one quoted
        self.readings = readings
        self.questions = _questions(request)
        spoken = self.questions[0] if self.questions else request.text
        self.language: Language = language_of(spoken)
        self.words = phrases_of(self.language)
        self.evidence = Evidence(
            request.recollections,
            request.question,
            request.speaker,
            request.short_term,
            readings=readings,
        )
        self.answers = Answers(request, self.evidence, self.language)
        self._introduced_model = False

    @property
    def mentioned_model(self) -> bool:
        """Whether a line says how to connect a model."""
        return self._introduced_model or self.answers.mentioned_model

    def lines(self) -> list[str]:
        """The lines of the reply; never none."""
        lines = [*self.company(), *self.acknowledgement()]
        lines += map(self._answered, self.questions[:_MOST_QUESTIONS])
        if not self.questions and (order := ordered_in(self.request.text)):
            lines.append(self.answers.answer(order))
        return list(dict.fromkeys(lines)) or [self._otherwise()]

    def _answered(self, question: str) -> str:
        if self.before and asks_for_source(question):
            return self.answers.source(self.before)
        return self.answers.answer(question)

    def _otherwise(self) -> str:
        """What is said to what neither asks, nor greets, nor will be kept."""
        if not any(sign.isalnum() for sign in self.request.text):
            return self.words.listening
        return self.words.unclear if is_nonsense(self.request.text) else self.words.heard

    def company(self) -> list[str]:
        """Greetings, thanks, the time ..., each answered once."""
        request, words = self.request, self.words
        kinds = kinds_of(request.text)
        lines = []
        for kind in kinds:
            passing = kind in ("assent", "opening")
            if passing and (len(kinds) > 1 or self.questions or request.learned):
                continue
            line = words.small_talk.get(kind, "")
            if kind == "time":
                line = words.time.format(time=say_time(request.now))
            elif kind == "date":
                today = request.now.date()
                weekday = say_weekday(today, self.language)
                line = words.date.format(day=say_day(today, self.language), weekday=weekday)
            elif kind in ("identity", "help") and request.mention_model:
                line += words.space + words.model
                self._introduced_model = True
            lines.append(line)
        return lines

    def acknowledgement(self) -> list[str]:
        """What will be kept of this turn, and what it replaces."""
        told = [line for text in self.request.learned for line in told_in(text)]
        if not told:
            return []
        letters = _letters(" ".join(told))
        for hit in self.request.recollections:
            again = hit.speaker == self.request.speaker and _letters(hit.text) == letters
            if again and not self.evidence.is_former(hit):
                return [self.words.known.format(day=self.answers.day(hit))]
        quote = in_quotes(clip(tidy(" ".join(told)), frozenset()))
        line = closed(self.words.learned.format(quote=quote))
        replaced = self._replaced(told)
        return [line + self.words.space + replaced if replaced else line]

    def _replaced(self, told: Sequence[str]) -> str:
        """What was current until now, when this turn says otherwise."""
        if amends_time(self.request.text):
            return self._time_before()
        current = [fact for fact in self.evidence.facts if not self.evidence.is_former(fact.hit)]
        for line in told:
            for new in self.readings.statements(line, self.request.speaker):
                for old in current:
                    replaces = new.exclusive and old.statement.subject == new.subject
                    if replaces and not same_value(new.value, old.statement.value):
                        return self.answers.dated(self.words.changed, old.hit, old.statement.words)
        return ""

    def _time_before(self) -> str:
        """What was told just before, of which this turn says that it is at another time."""
        request = self.request
        said = [
            turn
            for turn in reversed(request.short_term)
            if turn.speaker == request.speaker and told_in(turn.text)
        ]
        if not said or said[0].at is None:
            return ""
        last = said[0]
        if len(resolve_dates(last.text, said[0].at)) != 1:
            return ""
        quote = in_quotes(clip(tidy(last.text), frozenset()))
        day = say_day(local_day(said[0].at, request.now), self.language)
        return closed(self.words.changed.format(day=day, quote=quote))


def _questions(request: Request) -> tuple[str, ...]:
    """What this turn asks, ellipses completed."""
    if request.question != request.text:
        return asked_in(request.question) or (request.question,)
    return asked_in(request.text)


def _letters(text: str) -> str:
    """The letters and digits of a text, alike in upper and lower case."""
    return "".join(filter(str.isalnum, text.casefold()))
