"""How things look: a few sets of colours, all from the terminal's own sixteen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import UsageError


@dataclass(frozen=True)
class Theme:
    """Colours of everything that is not plain text.

    Args:
        name: As chosen with /theme.
        help: For whom it is.
        codes: SGR parameters for "note", "heading", "error", "bold", "code" and "quote".
        prompt: Styles of prompt-toolkit: the sign before the line.
        toolbar: The line at the bottom.
        suggestion: What history suggests.
    """

    name: str
    help: str
    codes: Mapping[str, str]
    prompt: str
    toolbar: str
    suggestion: str


THEMES = (
    Theme(
        "dark",
        "soft colours on a dark terminal",
        {"note": "2", "heading": "1", "error": "31", "bold": "1", "code": "36", "quote": "2;3"},
        "bold ansicyan",
        "noreverse ansibrightblack",
        "ansibrightblack",
    ),
    Theme(
        "light",
        "darker colours on a light terminal",
        {"note": "90", "heading": "1", "error": "31", "bold": "1", "code": "34", "quote": "3;90"},
        "bold ansiblue",
        "noreverse ansibrightblack",
        "ansibrightblack",
    ),
    Theme(
        "contrast",
        "nothing dim, for a bright room or tired eyes",
        {"note": "0", "heading": "1;4", "error": "1;31", "bold": "1", "code": "1;33", "quote": "3"},
        "bold",
        "reverse",
        "underline",
    ),
    Theme(
        "mono",
        "bold and dim, no colour",
        {"note": "2", "heading": "1", "error": "1", "bold": "1", "code": "4", "quote": "3"},
        "bold",
        "noreverse",
        "italic",
    ),
)
DEFAULT_THEME = THEMES[0].name


def find_theme(name: str) -> Theme:
    """The theme of that name.

    Raises:
        UsageError: There is none.
    """
    for theme in THEMES:
        if theme.name == name.strip().lower():
            return theme
    raise UsageError(f"no theme {name[:40]!r}; there are {', '.join(t.name for t in THEMES)}")
