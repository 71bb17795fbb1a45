"""Answers worded from evidence: a value and its quotation, a list, a day, or "I don't have that".

Asserts nothing but quotations and values taken from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ..language import Language, resolve_dates
from ..language.asked import Asked, read_question
from ..language.periods import days_of, mind_of, period_of
from ..language.requests import asks_assistant, is_request, wants_forgetting, wants_words
from ..language.statements import same_value
from ..language.text import words_of
from ..turn import Recollection
from .base import Request
from .evidence import Evidence, Fact, current_and_former
from .phrases import phrases_of, say_day, say_time, say_when
from .quoting import (
    attribute,
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
_LONGEST_LIST = 5
_MOST_HEEDED = 3
_LEAST_BEARING = 0.45  # of a preference that is shown; a model is given the others too
# Of "on Saturday", when the day is taken away.
_LEFT_OVER = re.compile(r"(?: (?:on|in|at|since|until|for|every))+$", re.IGNORECASE)
_STILL = re.compile(r"\bstill\b|还", re.IGNORECASE)
_ARTICLES = ("a ", "an ", "the ", "some ", "to ")
# A value with one of these in it would change its meaning when somebody else says it.
_PERSONAL = frozenset("i me my mine we us our ours you your yours".split())


class Answers:
    """Answers the questions of one turn.

    Args:
        request: The turn.
        evidence: What was brought back for it.
        language: Of the answers.
    """

    def __init__(self, request: Request, evidence: Evidence, language: Language) -> None:
        self._request, self._evidence, self._language = request, evidence, language
        self._words = phrases_of(language)
        self._quoted_hits: list[Recollection] = []
        self.shown: list[Recollection] = []
        """The recollections that answers have shown, guesses too."""
        self.mentioned_model = False
        """Whether an answer said how to connect a model."""

    @property
    def quoted(self) -> tuple[Recollection, ...]:
        """The recollections that answers have quoted, each once; a mere guess is none."""
        return tuple(self._quoted_hits)

    def answer(self, question: str) -> str:
        """One question answered, or said to be beyond memory."""
        asked = read_question(question, self._request.speaker)
        period = period_of(question)
        if period:
            of_then = self._evidence.within(days_of(question, self._request.now), period)
            mind = mind_of(question)
            of_then = [hit for hit in of_then if mind in hit.text.lower()] or of_then
            if of_then or period == "said":
                return self._list(of_then, question) if of_then else self._nothing()
        if wants_forgetting(question):
            return self._words.forgetting
        if wants_words(question):
            return self._nothing(self._words.no_request)
        if asks_assistant(question):
            return self._nothing(self._words.no_request)
        if asked.wanted == "request":
            return self.heeding((), question)
        found = self._evidence.fitting(asked)
        if found:
            stated = self._stated(found, asked, question)
            if stated:
                return stated
        if asked.wanted == "list":
            entries = self._evidence.listed(asked, self._days_of_saying(asked, question))
            return self._list(entries, question) if entries else self._nothing()
        hits = self._evidence.likely(asked)
        if is_request(question):
            return self.heeding(hits, question)
        if asked.wanted == "when":
            sure = self._evidence.dated(question)
            hits = sure + [hit for hit in hits if hit not in sure]
        if not hits and any(
            hit.standing and hit.bearing >= _LEAST_BEARING for hit in self._request.recollections
        ):
            return self.heeding((), question)
        if not hits:
            near = self._evidence.nearest(asked, question)
            return (
                self._join(self._words.nearest, self._attributed(near, question))
                if near
                else self._nothing()
            )
        if asked.wanted == "said":
            return self._told_when(hits[0], question)
        if asked.wanted == "when":
            return self._when(hits, question)
        if asked.many and len(hits) > 1:
            return self._list(hits[:_LONGEST_LIST], question)
        return self._quoted(hits, question)

    def _days_of_saying(self, asked: Asked, question: str) -> list[tuple[date, date]]:
        """When it was said that a question asks about: "What did I tell you yesterday?"."""
        if not asked.teller:
            return []
        return [(one.start, one.end) for one in resolve_dates(question, self._request.now)]

    def source(self, hits: Sequence[Recollection]) -> str:
        """Who said what was quoted last, and when to the minute."""
        words, lines = self._words, []
        for hit in list({hit.refs: hit for hit in hits}.values())[:_LONGEST_LIST]:
            own = hit.speaker == self._request.speaker
            form = words.source if own or hit.role != "assistant" else words.source_me
            form = words.source_own if own else form
            self._use(hit)
            moment = hit.said_at.astimezone(self._request.now.tzinfo)
            lines.append(
                closed(
                    form.format(
                        name=named(hit.speaker),
                        day=self.day(hit),
                        time=say_time(moment),
                        quote=in_quotes(relevant(hit.text, "")),
                    )
                )
            )
        return "\n".join(lines)

    def heeding(self, hits: Sequence[Recollection], request: str) -> str:
        """What a request should be met with: memory can do no more than say it.

        Args:
            hits: What is likely to be about the same; what bears on it otherwise comes after.
            request: What is asked for.
        """
        heeded = [hit for hit in self._request.recollections if hit.standing]
        heeded = [hit for hit in heeded if hit.bearing >= _LEAST_BEARING]
        also = [hit for hit in heeded if not any(hit is one for one in hits)]
        shown = [*hits, *also[:_MOST_HEEDED]][:_LONGEST_LIST]
        if not shown:
            return self._nothing(self._words.no_request)
        lines = [self._words.heeding]
        lines += ["- " + self.quote(hit, request) for hit in shown]
        if self._request.mention_model:
            self.mentioned_model = True
            lines.append(self._words.model)
        return "\n".join(lines)

    def quote(self, hit: Recollection, about: str) -> str:
        """Who said it, when, the words, and what "yesterday" in them was."""
        self._use(hit)
        return self._attributed(hit, about)

    def _attributed(self, hit: Recollection, about: str) -> str:
        self.shown.append(hit)
        now = self._request.now
        line = attribute(hit, about, now, self._language, self._request.speaker)
        return self._join(line, explain(hit, about, now, self._language))

    def dated(self, form: str, hit: Recollection, about: str) -> str:
        """A phrase with a day and a quotation filled in."""
        self._use(hit)
        return closed(form.format(day=self.day(hit), quote=in_quotes(relevant(hit.text, about))))

    def day(self, hit: Recollection) -> str:
        """The day something was said."""
        return say_day(local_day(hit.said_at, self._request.now), self._language)

    def _use(self, hit: Recollection) -> None:
        self.shown.append(hit)
        if not any(hit is one for one in self._quoted_hits):
            self._quoted_hits.append(hit)

    def _join(self, *parts: str) -> str:
        return self._words.space.join(part for part in parts if part)

    def _nothing(self, line: str = "") -> str:
        words = self._words
        model = words.model if self._request.mention_model else ""
        self.mentioned_model |= bool(model)
        return self._join(line or words.nothing, model)

    # From what was stated in the form asked for

    def _stated(self, found: Sequence[Fact], asked: Asked, question: str) -> str:
        if asked.wanted in ("value", "when"):
            return self._value(found, asked, question)
        if asked.wanted == "who":
            return self._who(found, question)
        return self._check(found, asked, question) if asked.wanted == "check" else ""

    def _value(self, found: Sequence[Fact], asked: Asked, question: str) -> str:
        """The value first, then the words it was taken from, then what held before."""
        current, former = current_and_former(found)
        right = self._evidence.set_right(current.hit)
        if right is not None:
            return self._when([right, current.hit], question)
        if not current.statement.exclusive:
            values: list[Fact] = []
            for fact in found:
                known = any(same_value(fact.statement.value, v.statement.value) for v in values)
                if not known and not self._evidence.is_former(fact.hit):
                    values.append(fact)
            if len(values) > 1:
                return self._list([fact.hit for fact in values[:_LONGEST_LIST]], question)
        words = self._words
        if asked.former and former:
            since = self.dated(words.since, current.hit, current.statement.words)
            return self._join(self._with_value(former, asked), since)
        if asked.former:  # how it used to be was not read; perhaps the words tell
            return self.quote(current.hit, current.statement.words)
        line = self._with_value(current, asked)
        if former:
            return self._join(line, self.dated(words.before, former.hit, former.statement.words))
        return self._join(line, words.corrected if current.hit.superseded else "")

    def _who(self, found: Sequence[Fact], question: str) -> str:
        """Whoever said it of themselves, named; else the words alone."""
        holding = [fact for fact in found if not self._evidence.is_former(fact.hit)] or found
        if len(holding) > 1:
            return self._list([fact.hit for fact in holding[:_LONGEST_LIST]], question)
        fact = holding[0]
        quote = self.quote(fact.hit, fact.statement.words)
        if fact.statement.entity != fact.hit.speaker.casefold():
            return quote
        own = fact.hit.speaker == self._request.speaker
        name = self._words.you if own else named(fact.hit.speaker)
        return self._join(name + self._words.stop, quote)

    def _check(self, found: Sequence[Fact], asked: Asked, question: str) -> str:
        """Yes or no, as far as what was said goes; nothing when it does not go far enough."""
        current, former = current_and_former(found)
        confirming = [fact for fact in found if asked.confirms(fact.statement)]
        words, quote = self._words, self.quote(current.hit, current.statement.words)
        if confirming and not current.statement.exclusive and _STILL.search(question):
            return self.quote(confirming[0].hit, question)  # nobody said that it is over, or not
        if confirming and (confirming[0] is current or not current.statement.exclusive):
            return self._join(words.yes, self.quote(confirming[0].hit, question))
        if not current.statement.exclusive:
            return ""
        if confirming and former:
            before = self.dated(words.before, confirming[0].hit, question)
            return self._join(words.not_any_more, quote, before)
        value = self._plain_value(current, asked)
        return self._join(words.no.format(value=value) if value else "", quote)

    def _with_value(self, fact: Fact, asked: Asked) -> str:
        value = self._plain_value(fact, asked)
        if value.startswith(_ARTICLES):
            value = value[:1].upper() + value[1:]
        quote = self.quote(fact.hit, fact.statement.words)
        return self._join(value + self._words.stop if value else "", quote)

    def _plain_value(self, fact: Fact, asked: Asked) -> str:
        """A value that can stand alone, as it was written; or nothing."""
        value = tidy(asked.filled(fact.statement))
        if value.casefold() == asked.entity:  # "Who is Mina?" is not answered by the name
            return ""
        for one in resolve_dates(value, fact.hit.said_at):
            if value.endswith(one.phrase) and value != one.phrase and not fact.statement.exclusive:
                value = _LEFT_OVER.sub("", value.removesuffix(one.phrase).strip())
        if "我" in value or "你" in value or _PERSONAL & {word.low for word in words_of(value)}:
            return ""
        if len(value) > _LONGEST_VALUE or value.count(" ") > _MOST_SPACES:
            return ""
        return value + "岁" if fact.statement.relation == "岁" else value

    # From what is likely

    def _list(self, hits: Sequence[Recollection], question: str) -> str:
        if len(hits) == 1:
            return self._quoted(hits, question)
        lines = [self._words.several]
        for hit in hits:
            note = ""
            if self._evidence.is_former(hit):
                in_part = len(self._evidence.facts_in(hit)) > 1
                note = self._words.former_in_part if in_part else self._words.former
            lines.append("- " + self._join(self.quote(hit, question), note))
        return "\n".join(lines)

    def _quoted(self, hits: Sequence[Recollection], question: str) -> str:
        """The likeliest recollection that holds, and the one it replaced."""
        evidence = self._evidence
        current = next((hit for hit in hits if not evidence.is_former(hit)), hits[0])
        line = self.quote(current, question)
        if evidence.is_former(current):
            return self._join(line, self._words.corrected)
        for hit in hits:
            if evidence.is_former(hit) and evidence.replaces(current, hit):
                return self._join(line, self.dated(self._words.before, hit, question))
        return line

    def _when(self, hits: Sequence[Recollection], question: str) -> str:
        """The day meant, then the words."""
        request, words = self._request, self._words
        for former in hits[:2]:
            hit = self._evidence.set_right(former) or former
            dates = dates_of(hit, question)
            if dates:
                self._use(hit)
                span = say_when(dates[0].start, dates[0].end, self._language)
                quote = attribute(hit, question, request.now, self._language, request.speaker)
                before = next((one for one in hits if self._evidence.set_right(one) is hit), None)
                return self._join(
                    words.when.format(span=span),
                    quote,
                    self.dated(words.before, before, question) if before else "",
                )
        return self._join(self.quote(hits[0], question), words.undated)

    def _told_when(self, hit: Recollection, question: str) -> str:
        """The day and time of saying, then the words."""
        self._use(hit)
        try:
            moment = hit.said_at.astimezone(self._request.now.tzinfo)
        except (OverflowError, ValueError):
            moment = hit.said_at
        opening = self._words.told_when.format(day=self.day(hit), time=say_time(moment))
        return closed(self._join(opening, in_quotes(relevant(hit.text, question))))
