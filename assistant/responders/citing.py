"""Which of the memories that a model was shown its reply takes up.

A model does not say what it drew on. Its reply takes a memory up when it has what only that memory
could tell it: the value of a statement, or most of what the words are about, beyond what the
question already said.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..language.content import content_of
from ..language.statements import read_statements
from ..turn import Recollection

_MOST = 0.5
_FEWEST = 2
_AROUND = 3
_NEW = 5


def cited(reply: str, question: str, memories: Sequence[Recollection]) -> tuple[Recollection, ...]:
    """The memories that a reply takes up, in their order.

    Args:
        reply: What the model said, or has said so far.
        question: What it answered: words of the question tell nothing.
        memories: What the model was shown.
    """
    said, asked = content_of(reply), content_of(question)
    return tuple(hit for hit in memories if _takes_up(said, asked, hit))


def repeats(reply: str, question: str, memories: Sequence[Recollection]) -> bool:
    """Whether a reply says nothing but what the turn itself and the memories already hold.

    A word in five may be new: "as you told me", a date, a courtesy; around words of the user's
    turn or of a memory that stand in it letter for letter, three may.
    """
    around = reply
    for words in (question, *(hit.text for hit in memories)):
        around = around.replace(words.strip(), " ") if words.strip() else around
    if around != reply and len(content_of(around) - content_of(question)) <= _AROUND:
        return True
    used = cited(reply, question, memories)
    told = content_of(question).union(*(content_of(hit.text) for hit in used))
    said = content_of(reply)
    return bool(used) and len(said - told) <= max(1, len(said) // _NEW)


def _takes_up(said: frozenset[str], asked: frozenset[str], hit: Recollection) -> bool:
    stated = hit.statements
    if stated is None:
        stated = read_statements(hit.text, hit.speaker)
    for statement in stated:
        telling = content_of(statement.value) - asked
        if telling and telling <= said:
            return True
    telling = content_of(hit.text) - asked
    return len(telling) >= _FEWEST and len(telling & said) >= _MOST * len(telling)
