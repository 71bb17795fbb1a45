"""The built-in responder: answers from memory alone, deterministic, in English and Chinese.

It asserts nothing of its own: every answer is a quotation with its speaker and date, or a value
taken from one. What is not remembered is said not to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..language import Language, language_of, resolve_dates
from ..language.asked import Asked, read_question
from ..language.questions import asked_in, told_in
from ..language.small_talk import kinds_of
from ..language.statements import read_statements, same_value
from ..language.text import words_of
from ..turn import Recollection
from .base import Request
from .evidence import (
    Fact,
    chronology,
    current_and_former,
    dated,
    facts_of,
    fitting,
    likely,
    listed,
    outdated,
    usable,
)
from .phrases import phrases_of, say_day, say_time, say_weekday, say_when
from .quoting import (
    attribute,
    clip,
    closed,
    dates_of,
    explain,
    in_quotes,
    local_day,
    named,
    relevant,
    tidy,
)

_LONGEST_VALUE = 60
_MOST_SPACES = 6
_ARTICLES = ("a ", "an ", "the ", "some ", "to ")
# A value with one of these in it would change its meaning when somebody else says it.
_PERSONAL = frozenset("i me my mine we us our ours you your yours".split())


class MemoryResponder:
    """Words replies without a model.

    >>> MemoryResponder().name
    'memory'
    """

    name = "memory"
    recites = True

    def respond(self, request: Request) -> Iterator[str]:
        """The reply, a sentence or a few at a time; see ``Responder``."""
        parts = _Reply(request).parts()
        for i, part in enumerate(parts):
            yield part if i == 0 else "\n" + part


class _Reply:
    """One reply being worded."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.questions = _questions(request)
        self.language: Language = language_of(self.questions[0] if self.questions else request.text)
        self.words = phrases_of(self.language)
        self.moment = chronology(request.short_term)
        self.hits = usable(request.recollections, request.question)

    def parts(self) -> list[str]:
        """The lines of the reply."""
        lines = [*self.small_talk(), *self.acknowledgement()]
        for question in self.questions[:2]:
            lines.append(self.answer(question))
        if not lines:
            blank = not any(sign.isalnum() for sign in self.request.text)
            lines.append(self.words.listening if blank else self.words.heard)
        return list(dict.fromkeys(lines))

    # Company

    def small_talk(self) -> list[str]:
        """Greetings, thanks, the time ..., each answered once."""
        request, words = self.request, self.words
        kinds = kinds_of(request.text)
        lines = []
        for kind in kinds:
            if kind == "assent" and (len(kinds) > 1 or self.questions or request.learned):
                continue
            if kind == "time":
                lines.append(words.time.format(time=say_time(request.now)))
            elif kind == "date":
                today = request.now.date()
                lines.append(
                    words.date.format(
                        day=say_day(today, self.language),
                        weekday=say_weekday(today, self.language),
                    )
                )
            else:
                lines.append(words.small_talk[kind])
            if kind in ("identity", "help") and request.mention_model:
                lines[-1] += words.space + words.model
        return lines

    # Learning

    def acknowledgement(self) -> list[str]:
        """What will be kept of this turn, and what it replaces."""
        told = [line for text in self.request.learned for line in told_in(text)]
        if not told:
            return []
        former = outdated(facts_of(self.request.recollections), self.moment)
        for hit in self.request.recollections:
            again = hit.speaker == self.request.speaker and _same(hit.text, " ".join(told))
            if again and hit not in former:
                return [self.words.known.format(day=self._day(hit))]
        quote = in_quotes(clip(tidy(" ".join(told)), frozenset()))
        line = closed(self.words.learned.format(quote=quote))
        replaced = self._replaced(told)
        return [line + self.words.space + replaced if replaced else line]

    def _replaced(self, told: Sequence[str]) -> str:
        """What was current until now, when this turn says otherwise."""
        facts = facts_of(self.request.recollections)
        former = outdated(facts, self.moment)
        for line in told:
            for new in read_statements(line, self.request.speaker):
                for fact in facts:
                    if (
                        new.exclusive
                        and fact.hit not in former
                        and fact.statement.subject == new.subject
                        and not same_value(new.value, fact.statement.value)
                    ):
                        return self._dated(self.words.changed, fact.hit, fact.statement.words)
        return ""

    # Answering

    def answer(self, question: str) -> str:
        """One question answered, or said to be beyond memory."""
        asked = read_question(question, self.request.speaker)
        found = fitting(facts_of(self.hits), asked, self.moment)
        if asked.wanted in ("value", "when") and found:
            return self._value(found, asked, question)
        if asked.wanted == "who" and found:
            return self._who(found, question)
        if asked.wanted == "check" and found:
            checked = self._check(found, asked, question)
            if checked:
                return checked
        if asked.wanted == "list":
            entries = listed(
                self.hits, self.request.recollections, asked, self.request.speaker, self.moment
            )
            return self._list(entries, question) if entries else self._nothing()
        hits = likely(self.hits, self.request.recollections, asked)
        if asked.wanted == "when":
            sure = dated(self.hits, question, self.request.speaker)
            hits = sure + [hit for hit in hits if hit not in sure]
        if not hits:
            return self._nothing()
        if asked.wanted == "said":
            return self._told_when(hits[0], question)
        if asked.wanted == "when":
            return self._when(hits, question)
        if asked.many and len(hits) > 1:
            return self._list(hits[:4], question)
        return self._quoted(hits, question)

    def _nothing(self) -> str:
        if self.request.mention_model:
            return self.words.nothing + self.words.space + self.words.model
        return self.words.nothing

    def _value(self, found: Sequence[Fact], asked: Asked, question: str) -> str:
        """The value first, then the words it was taken from, then what held before."""
        current, former = current_and_former(found)
        values: list[Fact] = []
        for fact in found:
            if not fact.hit.superseded and not any(
                same_value(fact.statement.value, other.statement.value) for other in values
            ):
                values.append(fact)
        if len(values) > 1 and not current.statement.exclusive:
            return self._list([fact.hit for fact in values[:5]], question)
        if asked.former and former:
            line = self._with_value(former, asked)
            return line + self.words.space + self._dated(self.words.since, current.hit, question)
        line = self._with_value(current, asked)
        if former:
            line += self.words.space + self._dated(self.words.before, former.hit, question)
        elif current.hit.superseded:
            line += self.words.space + self.words.corrected
        return line

    def _who(self, found: Sequence[Fact], question: str) -> str:
        """Whoever said it of themselves, named; else the words alone."""
        former = outdated(facts_of(self.hits), self.moment)
        holding = [fact for fact in found if fact.hit not in former] or list(found)
        if len(holding) > 1:
            return self._list([fact.hit for fact in holding[:5]], question)
        fact = holding[0]
        quote = self._quote(fact.hit, fact.statement.words)
        if fact.statement.entity != fact.hit.speaker.casefold():
            return quote
        own = fact.hit.speaker == self.request.speaker
        name = self.words.you if own else named(fact.hit.speaker)
        return name + self.words.stop + self.words.space + quote

    def _check(self, found: Sequence[Fact], asked: Asked, question: str) -> str:
        """Yes or no, as far as what was said goes; nothing when it does not go far enough."""
        current, former = current_and_former(found)
        confirming = [fact for fact in found if asked.confirms(fact.statement)]
        space = self.words.space
        if confirming and (confirming[0] is current or not current.statement.exclusive):
            return self.words.yes + space + self._quote(confirming[0].hit, question)
        if not current.statement.exclusive:
            return ""
        if confirming and former:
            line = self.words.not_any_more + space + self._quote(current.hit, question)
            return line + space + self._dated(self.words.before, confirming[0].hit, question)
        value = self._plain_value(current, asked)
        opening = self.words.no.format(value=value) + space if value else ""
        return opening + self._quote(current.hit, question)

    def _with_value(self, fact: Fact, asked: Asked) -> str:
        value = self._plain_value(fact, asked)
        quote = self._quote(fact.hit, fact.statement.words)
        if not value:
            return quote
        if value.startswith(_ARTICLES):
            value = value[:1].upper() + value[1:]
        return f"{value}{self.words.stop}{self.words.space}{quote}"

    def _plain_value(self, fact: Fact, asked: Asked) -> str:
        """A value that can stand alone, as it was written; or nothing."""
        value = tidy(asked.filled(fact.statement))
        for one in resolve_dates(value, fact.hit.said_at):
            if value.endswith(one.phrase) and value != one.phrase and not fact.statement.exclusive:
                value = value.removesuffix(one.phrase).strip()
        personal = "我" in value or "你" in value or _PERSONAL & {w.low for w in words_of(value)}
        if personal or len(value) > _LONGEST_VALUE or value.count(" ") > _MOST_SPACES:
            return ""
        if self.language == "zh" and fact.statement.relation == "岁":
            return value + "岁"
        return value

    def _list(self, hits: Sequence[Recollection], question: str) -> str:
        if len(hits) == 1:
            return self._quoted(hits, question)
        lines = [self.words.several]
        former = outdated(facts_of(hits), self.moment)
        for hit in hits:
            line = self._quote(hit, question)
            if hit in former:
                in_part = len(facts_of([hit])) > 1
                note = self.words.former_in_part if in_part else self.words.former
                line += self.words.space + note
            lines.append(f"- {line}")
        return "\n".join(lines)

    def _quoted(self, hits: Sequence[Recollection], question: str) -> str:
        """The likeliest current recollection, and the one it replaced."""
        former = outdated(facts_of(hits), self.moment)
        current = next((hit for hit in hits if hit not in former), hits[0])
        line = self._quote(current, question)
        if current in former:
            return line + self.words.space + self.words.corrected
        for hit in hits:
            if hit in former and _replaces(current, hit):
                return line + self.words.space + self._dated(self.words.before, hit, question)
        return line

    def _when(self, hits: Sequence[Recollection], question: str) -> str:
        """The day meant, then the words."""
        for hit in hits[:2]:
            dates = dates_of(hit, question)
            if dates:
                span = say_when(dates[0].start, dates[0].end, self.language)
                return (
                    self.words.when.format(span=span)
                    + self.words.space
                    + attribute(
                        hit, question, self.request.now, self.language, self.request.speaker
                    )
                )
        return self._quote(hits[0], question) + self.words.space + self.words.undated

    def _told_when(self, hit: Recollection, question: str) -> str:
        try:
            moment = hit.said_at.astimezone(self.request.now.tzinfo)
        except (OverflowError, ValueError):
            moment = hit.said_at
        opening = self.words.told_when.format(day=self._day(hit), time=say_time(moment))
        return closed(opening + self.words.space + in_quotes(relevant(hit.text, question)))

    def _quote(self, hit: Recollection, about: str) -> str:
        now, language = self.request.now, self.language
        line = attribute(hit, about, now, language, self.request.speaker)
        meaning = explain(hit, about, now, language)
        return line + self.words.space + meaning if meaning else line

    def _dated(self, form: str, hit: Recollection, about: str) -> str:
        quote = in_quotes(relevant(hit.text, about))
        return closed(form.format(day=self._day(hit), quote=quote))

    def _day(self, hit: Recollection) -> str:
        return say_day(local_day(hit.said_at, self.request.now), self.language)


def _questions(request: Request) -> tuple[str, ...]:
    """What this turn asks, ellipses completed."""
    if request.question != request.text:
        return asked_in(request.question) or (request.question,)
    return asked_in(request.text)


def _same(first: str, second: str) -> bool:
    def letters(text: str) -> str:
        return "".join(sign for sign in text.casefold() if sign.isalnum())

    return letters(first) == letters(second)


def _replaces(current: Recollection, former: Recollection) -> bool:
    subjects = {fact.statement.subject for fact in facts_of([current])}
    return any(fact.statement.subject in subjects for fact in facts_of([former]))
