"""Texts that ask for help, whatever their form, and texts that do not.

Rules know "Plan dinner"; "My thirtieth is in March, what do we do?" has no form of its own.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from assistant.preferences import is_request
from assistant.training.areas import requests, statements
from assistant.training.facts import tell_facts
from assistant.training.labelled import Labelled
from assistant.training.natural import natural_questions
from assistant.training.plain import plain_facts

FACTS = Path(__file__).with_name("passing_facts.txt")
_PEOPLE = (("Nora", "Emil"), ("Ana", "Ben"), ("王芳", "小安"), ("Iris", "Tom"))
_INVENTED = 400  # facts, in each language, for "Where is the flimbert?"
_ASKED = 6_000  # questions about what was said, of all that were written


def passing_facts() -> list[str]:
    """What people tell that is no standing preference."""
    return FACTS.read_text(encoding="utf-8").splitlines()[1:]


def asking(corpus: Sequence[str], seed: int = 0) -> Labelled:
    """What to learn from: requests against questions about what was said, facts, and other texts.

    Args:
        corpus: Short texts of the corpora; those that ask for help by their form are left out.
        seed: Of what is chosen.
    """
    rng = random.Random(seed)
    about: list[str] = []
    for questions in natural_questions().values():
        for question in questions:
            first = question.person == "first"
            put = question.put(("user", "assistant") if first else rng.choice(_PEOPLE))
            about += [put] if put else []
    told = passing_facts()
    plain: list[str] = []
    for fact in plain_facts():
        one = fact.named(rng)
        told.append(one.said)
        plain += [*one.asked, *one.absent]
    for language, tellers in (("en", ("user", "Ana")), ("zh", ("user", "王芳"))):
        _, asked = tell_facts(language, tellers, _INVENTED, rng)
        plain += [text for text, _ in asked]
    return Labelled.of(
        [
            (requests(), True, 2.0),
            (rng.sample(about, min(_ASKED, len(about))), False, 1.0),
            (plain, False, 3.0),
            (told + statements(), False, 1.0),
            ([text for text in corpus if not is_request(text)], False, 0.5),
        ]
    )
