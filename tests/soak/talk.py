"""A user who tells, repeats, corrects, asks and chats, from a seed; and what must be so after.

What the user says is made up of invented words, so that no rule can have been written for it, and
what holds at any moment is known without asking the program.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from language.nonsense import chinese_word, english_word

# Ways to tell one value, to say it again, and to correct it.
_ENGLISH = (
    ("My {thing} is called {value}.", "my {thing} is called {value}!"),
    ("My {thing}'s name is {value}.", "My {thing} is called {value} "),
)
_ENGLISH_CORRECTIONS = (
    "My {thing} is called {value} now.",
    "I was wrong: my {thing} is called {value}.",
    "Actually my {thing} is named {value}.",
    "No, my {thing} is called {value}.",
)
_CHINESE = (("我的{thing}叫{value}。", "我的{thing}叫{value}！"),)
_CHINESE_CORRECTIONS = (
    "我的{thing}现在叫{value}了。",
    "我说错了，我的{thing}叫{value}。",
    "不对，我的{thing}叫{value}。",
)
_HOMES = (("I live in {value}.", "I moved to {value}."), ("我住在{value}。", "我搬到了{value}。"))
_CHATTER = (
    *("Hello!", "How are you?", "Thanks, that helps.", "OK.", "What can you do?", "Good night."),
    *(
        "Ha, that's funny.",
        "asdkjh",
        "What time is it?",
        "你好！",
        "谢谢你。",
        "好的。",
        "今天几号？",
    ),
    *("Do you like parties?", "Tell me more.", "If I were a king, I'd sleep.", "Maybe later."),
)


@dataclass(slots=True)
class Fact:
    """Something that has one value at a time: what it is, and its values, the last one current."""

    thing: str
    chinese: bool
    values: list[str] = field(default_factory=list)

    @property
    def question(self) -> str:
        """What a user asks to hear the value."""
        if self.thing == "":
            return "我住在哪里？" if self.chinese else "Where do I live?"
        return f"我的{self.thing}叫什么？" if self.chinese else f"What is my {self.thing} called?"


class Talk:
    """The turns of a user, and the facts as they stand.

    Args:
        seed: Makes the same talk again.
        chinese: Speaks Chinese.
    """

    def __init__(self, seed: int, *, chinese: bool = False) -> None:
        self._rng = random.Random(seed)
        self._chinese = chinese
        self._used: set[str] = set()
        self.facts: list[Fact] = []
        self.said: list[str] = []

    def turns(self, count: int) -> Iterator[str]:
        """So many things said, in order."""
        for _ in range(count):
            draw = self._rng.random()
            if draw < 0.25 or not self.facts:
                text = self._tell()
            elif draw < 0.45:
                text = self._repeat()
            elif draw < 0.60:
                text = self._correct()
            elif draw < 0.80:
                text = self._rng.choice(self.facts).question
            else:
                text = self._rng.choice(_CHATTER)
            self.said.append(text)
            yield text

    def _new_word(self) -> str:
        while True:
            word = (chinese_word if self._chinese else english_word)(self._rng)
            if self._chinese:
                word += chinese_word(self._rng)[0]
            if word not in self._used:
                self._used.add(word)
                return word if self._chinese else word.capitalize()

    def _tell(self) -> str:
        home = not any(fact.thing == "" for fact in self.facts)
        fact = Fact("" if home else self._new_word().lower(), self._chinese)
        fact.values.append(self._new_word())
        self.facts.append(fact)
        return self._filled(self._forms(fact)[0], fact)

    def _repeat(self) -> str:
        fact = self._rng.choice(self.facts)
        return self._filled(self._forms(fact)[-1 if fact.thing else 0], fact)

    def _correct(self) -> str:
        fact = self._rng.choice(self.facts)
        fact.values.append(self._new_word())
        if fact.thing == "":
            return self._filled(_HOMES[self._chinese][1], fact)
        forms = _CHINESE_CORRECTIONS if self._chinese else _ENGLISH_CORRECTIONS
        return self._filled(self._rng.choice(forms), fact)

    def _forms(self, fact: Fact) -> tuple[str, ...]:
        if fact.thing == "":
            return _HOMES[self._chinese]
        return self._rng.choice(_CHINESE if self._chinese else _ENGLISH)

    @staticmethod
    def _filled(form: str, fact: Fact) -> str:
        return form.format(thing=fact.thing, value=fact.values[-1])
