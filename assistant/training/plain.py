"""Plain facts that people tell an assistant, with questions they answer and questions they do not.

Written for the project by a language model: ``plain.jsonl`` holds what is said in the first person,
what is asked later in other words, and what is asked about the same matter although nobody told
it. {P} and {Q} stand for people, {T} for a town, {D} for an animal, so that no name is learned.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.training.facts import invented
from assistant.training.names import CHINESE, ENGLISH

WRITTEN: Final = Path(__file__).with_name("plain.jsonl")
_TOWNS: Final = {
    "en": (
        "Leeds Porto Ghent Bergen Turin Cork Lyon Graz Malmö Bristol Seville Riga Bern Boston "
        "Kyoto Denver Perth Lima Tartu Galway"
    ).split(),
    "zh": "苏州 青岛 大理 厦门 成都 长沙 哈尔滨 桂林 西安 南京 珠海 绍兴".split(),
}
_ANIMALS: Final = {
    "en": "Biscuit Pepper Rolo Juno Waffle Ziggy Moss Pixel Olive Bandit".split(),
    "zh": "豆豆 毛毛 团子 可乐 布丁 球球 花花 米粒".split(),
}
_INVENTED: Final = 0.3  # of the names


@dataclass(frozen=True, slots=True)
class PlainFact:
    """What is told, and questions: which it answers, and which it does not."""

    lang: str
    said: str
    asked: tuple[str, ...]
    absent: tuple[str, ...]

    def named(self, rng: random.Random) -> PlainFact:
        """The same about people and places by chance."""
        people = rng.sample(ENGLISH if self.lang == "en" else CHINESE, 2)
        names = {
            "{P}": people[0],
            "{Q}": people[1],
            "{T}": rng.choice(_TOWNS[self.lang]),
            "{D}": rng.choice(_ANIMALS[self.lang]),
        }
        for slot in names:
            if rng.random() < _INVENTED:
                names[slot] = invented(self.lang, rng).capitalize()

        def put(text: str) -> str:
            for slot, name in names.items():
                text = text.replace(slot, name)
            return text

        return PlainFact(
            self.lang, put(self.said), tuple(map(put, self.asked)), tuple(map(put, self.absent))
        )


def plain_facts(path: Path = WRITTEN) -> list[PlainFact]:
    """All of them."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        PlainFact(row["lang"], row["said"], tuple(row["asked"]), tuple(row["absent"]))
        for row in rows
    ]
