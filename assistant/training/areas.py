"""Sentences about areas of life: preferences and requests, each with the areas that it is of.

Made from ``areas_of_life.txt`` by a few forms of words. A request also belongs, less and less, to
the areas whose preferences bear on it: whoever plans a trip should know of a fear of flying.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.encoder import Array

FILE = Path(__file__).with_name("areas_of_life.txt")
_NEXT, _FADES = (
    0.5,
    0.35,
)  # how much a request belongs to the first of the other areas; how fast less

_LIKES = {
    "en": """I love {}.|I like {}.|I don't like {}.|I hate {}.|I can't stand {}.|I prefer {}.|
        I'm a fan of {}.|I avoid {}.|I'm not keen on {}.|I never choose {}.|I enjoy {}.|
        I'm fond of {}.|I can't bear {}.|{}""",
    "zh": """我喜欢{}。|我爱{}。|我不喜欢{}。|我讨厌{}。|我受不了{}。|我更喜欢{}。|我从不选{}。|
        我对{}没兴趣。|我避开{}。|我迷上了{}。|我不太能接受{}。|我特别喜欢{}。|{}""",
}
_ASKS = {
    "en": "{}.|Please {}.|Can you {}?|{}?|Could you help me: {}?|Hey, {}.",
    "zh": "{}？|请帮我{}。|帮忙{}一下。|你觉得{}？|{}。|{}，有建议吗？",
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences of one side, each once.

    Args:
        texts: The words.
        languages: "en" or "zh" of each.
        areas: (texts, areas) float32, how far each belongs to each area; rows sum to one.
        taught: (texts,) bool, those that the teachers read.
    """

    texts: list[str]
    languages: list[str]
    areas: Array
    taught: Array


def area_names(path: Path = FILE) -> list[str]:
    """The areas, in the order of the file."""
    return list(_read(path))


def sentences(side: str, path: Path = FILE) -> Sentences:
    """All sentences of a side.

    Args:
        side: "preference" or "request".
        path: Where the areas are.

    Raises:
        ValueError: An area bears on one that is not there.
    """
    areas = _read(path)
    places = {name: place for place, name in enumerate(areas)}
    found: dict[tuple[str, str], tuple[Array, bool]] = {}
    for name, lines in areas.items():
        row = np.zeros(len(areas), np.float32)
        row[places[name]] = 1.0
        if side == "request":
            for rank, other in enumerate(lines["bears"]):
                if other not in places:
                    raise ValueError(f"[{name}] bears: {other} is no area of {path}")
                row[places[other]] = _NEXT / (1 + _FADES * rank)
        for language, text, taught in _made(side, lines):
            known, before = found.get((language, text), (row, False))
            found[language, text] = np.maximum(known, row), taught or before
    rows = np.stack([row for row, _ in found.values()])
    return Sentences(
        [text for _, text in found],
        [language for language, _ in found],
        rows / rows.sum(axis=1, keepdims=True),
        np.array([taught for _, taught in found.values()]),
    )


def requests(path: Path = FILE) -> list[str]:
    """Every request once, as it might be put: whole ones as they are, others as an order."""
    found = []
    for lines in _read(path).values():
        for language, stop in (("en", "."), ("zh", "。")):
            for phrase in [*lines[f"{language} asked"], *lines[f"{language} ask"]]:
                found.append(_whole(phrase, stop))
    return found


def statements(path: Path = FILE) -> list[str]:
    """Everything that somebody says of themselves."""
    return [
        _whole(phrase, stop)
        for lines in _read(path).values()
        for language, stop in (("en", "."), ("zh", "。"))
        for phrase in lines[f"{language} state"]
    ]


def _whole(phrase: str, stop: str) -> str:
    return _capital(phrase) + ("" if phrase[-1] in "?？" else stop)


def _made(side: str, lines: dict[str, list[str]]) -> Iterator[tuple[str, str, bool]]:
    """Language, sentence, and whether the teachers read it."""
    for language, stop in (("en", "."), ("zh", "。")):
        if side == "request":
            for phrase in lines[f"{language} ask"]:
                yield from _formed(language, _ASKS[language], phrase)
            for phrase in lines[f"{language} asked"]:
                yield language, _whole(phrase, stop), True
            continue
        for phrase in lines[f"{language} like"]:
            yield from _formed(language, _LIKES[language], phrase)
        for phrase in lines[f"{language} state"]:
            yield language, _whole(phrase, stop), True


def _formed(language: str, forms: str, phrase: str) -> Iterator[tuple[str, str, bool]]:
    for place, form in enumerate(forms.split("|")):
        # One of the first forms and one of the others, by the phrase: not always the same.
        taught = place in (len(phrase) % 3, 3 + len(phrase) % 3)
        yield language, _capital(form.strip().format(phrase)), taught


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _read(path: Path) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found[line.strip("[]")] = {}
        elif line and not line.startswith("#"):
            key, _, rest = line.partition(":")
            parts = rest.split() if key == "bears" else [part.strip() for part in rest.split(";")]
            lines[key] = [part for part in parts if part]
    return found
