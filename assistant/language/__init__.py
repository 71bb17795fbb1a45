"""Reading English and Chinese by form: questions, statements, dates, ellipses, small talk.

No model and no word lists of topics; everything is deterministic, linear in the length of a text,
and takes any string.
"""

from .amendment import amends_time
from .claims import Claim, read_claims
from .dates import named_in, resolve_dates
from .ellipsis import complete_question, is_incomplete
from .letters import is_nonsense
from .periods import period_of
from .questions import asked_in, asks, is_question, told_in
from .requests import is_order, is_request
from .small_talk import is_chat, is_small_talk, small_talk_of
from .statements import Statement, read_statements, same_value
from .text import Language, language_of, sentences, words_of

__all__ = [
    "Claim",
    "Language",
    "Statement",
    "asked_in",
    "complete_question",
    "is_incomplete",
    "is_nonsense",
    "is_question",
    "is_small_talk",
    "language_of",
    "let_go",
    "read_claims",
    "read_statements",
    "resolve_dates",
    "same_value",
    "told_in",
]


def let_go() -> None:
    """Forget every text that was read: see ``memo``."""
    for remembering in (
        amends_time, asks, is_chat, is_nonsense, is_order, is_request, named_in, period_of,
        sentences, small_talk_of, told_in, words_of,
    ):  # fmt: skip
        remembering.clear()
