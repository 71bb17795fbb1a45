"""The English grammar of times: a table of forms and what each resolves to.

Conventions, where English leaves a choice. "Last Friday" is the latest one before today; "next
Friday" the one of the following week, "this Friday" that of this week. A bare weekday, month or
holiday is the latest one in a sentence about the past and the coming one otherwise. "Two weeks
ago" is a whole week, "in May" a whole month: people mean no day by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from . import calendar as cal
from . import date_rules_en as rules
from .calendar import Span


class Form(NamedTuple):
    """A form of words and what it resolves to."""

    pattern: str
    resolve: rules.Resolve
    flags: int = re.IGNORECASE


_DAY_NAMES = "|".join(rules.WEEKDAYS)
_MONTH_NAMES = "|".join([*rules.MONTHS, *rules.SHORT_MONTHS, "sept"])
_COUNT_NAMES = r"\d{1,4}|" + "|".join(sorted(rules.COUNTS, key=len, reverse=True))
_UNITS = "day|week|fortnight|month|year|decade"
_WHICH = "|".join(rules.OFFSETS)
_SEASON_NAMES = "|".join(cal.SEASONS)
_HOLIDAY_NAMES = "|".join(name.replace("'", "['’]") for name in rules.HOLIDAYS)
_BEFORE_MONTH = "in|since|until|till|by|during|last|next|this|of|early|late|mid"
_BEFORE_YEAR = "in|since|until|till|by|during|from|of|before|after|early|late|mid|around"

_YEAR = r"(?P<year>[12]\d{3})(?![\d-])"
_OPTIONAL_YEAR = rf"(?:,? (?:of )?{_YEAR})?"
_ORDINAL = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
# Month names that are ordinary words too: only in capitals do they count beside a number.
_CASED_MONTHS = "|".join(
    f"[{n[0].upper()}{n[0]}]{n[1:]}" for n in rules.MONTHS if n not in ("may", "march")
)
_CAPITAL_MONTHS = _CASED_MONTHS + "|May|March|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"

# Each form begins with a word or a digit, so that a search passes over other text quickly.
_FORMS = (
    Form(
        r"\bthe day (?:before yesterday|after tomorrow)\b|\b(?:today|tonight|last night|"
        r"this (?:morning|afternoon|evening)|(?:yesterday|tomorrow)"
        r"(?: (?:morning|afternoon|evening|night))?)\b",
        rules.relative_day,
    ),
    Form(
        rf"\b(?P<count>{_COUNT_NAMES}) (?P<unit>{_UNITS})s? ago\b",
        rules.ago,
    ),
    Form(r"\b(?:a )?(?:few|several) (?P<unit>day|week|month|year)s? ago\b", rules.few_ago),
    Form(
        rf"\bin (?P<count>{_COUNT_NAMES}) (?P<unit>{_UNITS})s?"
        r"(?: from now|['’] time)?\b(?! of\b)",
        rules.ahead,
    ),
    Form(
        rf"\b(?P<count>{_COUNT_NAMES}) (?P<unit>{_UNITS})s? from now\b",
        rules.ahead,
    ),
    Form(rf"\b(?P<which>{_WHICH}) (?P<unit>week|weekend|month|year|decade)\b", rules.which_unit),
    Form(r"\b(?:at|on|over|during) the weekend\b", rules.bare_weekend),
    Form(rf"\b(?:(?P<which>{_WHICH}) )?(?P<day>{_DAY_NAMES})\b(?!s)", rules.weekday),
    Form(
        r"\b(?:(?:(?<=\bon )|(?<=\bby )|(?<=\bfor )|(?:(?P<which>this|next|last) ))"
        r"(?P<day>mon|tue|wed|thu|fri|sat|sun)|(?<![\w-])(?P<plain>tues|weds|thurs?))\b\.?",
        rules.short_weekday,
    ),
    Form(rf"\b(?P<which>{_WHICH}) (?P<season>{_SEASON_NAMES})\b(?P<year>)", rules.season),
    Form(
        rf"\b(?P<which>)(?:in |during )?(?:the )?(?P<season>{_SEASON_NAMES}) (?:of )?{_YEAR}",
        rules.season,
    ),
    Form(r"\b(?P<year>\d{4})(?P<s>[-/.])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})\b", rules.iso),
    Form(
        r"\b(?P<first>\d{1,2})(?P<s>[/.])(?P<second>\d{1,2})(?P=s)(?P<year>\d{4})\b", rules.slashed
    ),
    Form(
        rf"\b(?P<first>[0-3]?\d)(?:st|nd|rd|th)?(?: (?:to|till|until|and) | ?[-–] ?)"
        rf"{_ORDINAL} (?:of )?(?P<month>{_CAPITAL_MONTHS})\b\.?{_OPTIONAL_YEAR}",
        rules.days_of_month,
        0,
    ),
    Form(
        rf"\b(?:(?i:{_DAY_NAMES}),? (?:the )?)?{_ORDINAL} (?:of )?"
        rf"(?P<month>{_CAPITAL_MONTHS})\b\.?{_OPTIONAL_YEAR}",
        rules.day_and_month,
        0,
    ),
    Form(
        rf"\b(?P<month>{_CAPITAL_MONTHS})\b\.? (?:the )?{_ORDINAL}\b{_OPTIONAL_YEAR}",
        rules.day_and_month,
        0,
    ),
    Form(
        r"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th) (?:of )?(?P<month>may|march)\b(?P<year>)",
        rules.day_and_month,
    ),
    Form(  # "on the 14th", where no thing is numbered: "the 4th floor", "the 19th century"
        r"(?:(?<=[a-z] )|(?<=, )|^)the (?P<day>[0-3]?\d)(?:st|nd|rd|th)\b"
        r"(?=\s*(?:$|[.,;!?)]|(?:at|and|or|but|from|around|in the|because|so|with|instead|now|"
        r"already|again|then|of (?:this|next) month)\b))",
        rules.day_of_month,
    ),
    Form(rf"\b(?P<month>{_MONTH_NAMES})\b\.?,? (?:of )?{_YEAR}", rules.month_and_year),
    Form(rf"\b(?P<before>{_BEFORE_MONTH})[ -](?P<month>{_MONTH_NAMES})\b(?! \d)", rules.month),
    Form(rf"\b(?:(?:{_BEFORE_YEAR})[ -]|back in ){_YEAR}\b(?!s)", rules.year),
    Form(
        rf"\b(?:(?P<which>{_WHICH}) )?(?P<holiday>{_HOLIDAY_NAMES})\b(?: (?:of )?{_YEAR})?",
        rules.holiday,
    ),
)
# No form matches a text without one of these.
_TRIGGER = re.compile(
    rf"\d|\b(?:today|tonight|yesterday|tomorrow|night|morning|afternoon|evening|ago|in|from now|"
    rf"weekend|mon|tues?|weds?|thur?s?|fri|sat|sun|{_WHICH}|{_DAY_NAMES}|{_MONTH_NAMES}|{_SEASON_NAMES}|{_HOLIDAY_NAMES})\b",
    re.IGNORECASE,
)


def find(text: str, at: date) -> Iterator[tuple[int, int, Span]]:
    """Every time named in an English text: where it starts and ends, and its span of days."""
    if _TRIGGER.search(text) is None:
        return
    past = rules.about_the_past(text)
    for form in _FORMS:
        # Compiled when first used, and kept by re: not at import.
        for match in re.finditer(form.pattern, text, form.flags):
            over = past and not rules.is_arranged(text[max(0, match.start() - 90) : match.start()])
            span = form.resolve(match, at, over)
            if span:
                yield match.start(), match.end(), span
