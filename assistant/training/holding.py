"""Texts that tell what holds of somebody in general, whatever their form, and texts that do not.

Rules know "I never eat meat"; "After one glass of wine I'm asleep" has no form of its own.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from assistant.preferences import is_standing
from assistant.training.areas import statements
from assistant.training.asking import passing_facts
from assistant.training.labelled import Labelled
from assistant.training.plain import plain_facts
from assistant.training.preference_pairs import preference_pairs


def holding(corpus: Sequence[str], seed: int = 0) -> Labelled:
    """What to learn from: preferences against passing remarks, plain facts, and other texts.

    Args:
        corpus: Short texts of the corpora; those that hold in general by their form are left out.
        seed: Of the names in plain facts.
    """
    rng = random.Random(seed)
    pairs = preference_pairs()
    facts = passing_facts() + [fact.named(rng).said for fact in plain_facts()]
    return Labelled.of(
        [
            ([one.holds for one in pairs], True, 1.0),
            (statements(), True, 0.5),
            ([one.passing for one in pairs], False, 1.0),
            (facts, False, 5.0),
            ([text for text in corpus if not is_standing(text)], False, 0.5),
        ]
    )
