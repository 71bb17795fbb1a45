"""A pytest plugin: every ``*.dialogue.yaml`` is a test.

    pytest tests/dialogues

Imports nothing of the assistant until a dialogue is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from assistant.replay.dialogue import Dialogue
    from assistant.replay.runner import Opener

_OPENER: pytest.StashKey[Opener] = pytest.StashKey()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a dialogue file."""
    if file_path.name.endswith(".dialogue.yaml"):
        collector: DialogueFile = DialogueFile.from_parent(parent, path=file_path)
        return collector
    return None


class DialogueFile(pytest.File):
    """A file with one dialogue."""

    def collect(self) -> Iterator[pytest.Item]:
        """The dialogue as a test named after it."""
        from assistant.replay.reader import load_dialogue

        dialogue = load_dialogue(self.path)
        yield DialogueItem.from_parent(self, name=dialogue.name, dialogue=dialogue)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """An unreadable file in one line."""
        from assistant.replay.reader import DialogueError

        if isinstance(excinfo.value, DialogueError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class DialogueItem(pytest.Item):
    """A dialogue as a test."""

    def __init__(self, *, dialogue: Dialogue, **rest: Any) -> None:
        super().__init__(**rest)
        self.dialogue = dialogue

    def runtest(self) -> None:
        """Run it; weights are loaded once for the whole run."""
        from assistant.replay.report import raise_if_failed
        from assistant.replay.runner import default_opener, run_dialogue

        stash = self.session.stash
        if _OPENER not in stash:
            stash[_OPENER] = default_opener()
        self.results = (run_dialogue(self.dialogue, open_assistant=stash[_OPENER]),)
        raise_if_failed(self.results)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What differed, and what was there instead."""
        from assistant.errors import ReplayFailed
        from assistant.replay.report import render

        if isinstance(excinfo.value, ReplayFailed):
            return render(self.results, summary=False)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands, for the header of a failure."""
        return self.path, 0, f"dialogue: {self.dialogue.name}"
