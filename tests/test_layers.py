"""Imports run one way, and chat on CPU stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
import storage

ROOT = Path(assistant.__file__).parent
HEAVY = ("tensorflow", "keras", "torch", "jax", "alembic", "dateparser", "openai")


def imports(path: Path) -> set[str]:
    """Modules that a file imports when it is imported itself."""
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        pending.extend(ast.iter_child_nodes(node))
    return found


def everything_imported(path: Path) -> set[str]:
    """Modules that a file imports, inside functions too."""
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    found: set[str] = set()
    for node in tree:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def files(*parts: str) -> list[Path]:
    place = ROOT.joinpath(*parts)
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


@pytest.mark.parametrize("path", sorted(Path(storage.__file__).parent.glob("*.py")), ids=str)
def test_storage_knows_nothing_of_the_assistant(path: Path) -> None:
    assert not [m for m in everything_imported(path) if m.split(".")[0] == "assistant"]


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_assistant_uses_storage_by_its_public_names_only(path: Path) -> None:
    assert not [m for m in everything_imported(path) if m.startswith("storage.")]


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_terminal_imports_training_and_replay_and_only_lazily(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    if room in ("training", "replay"):
        return
    outside = ("assistant.training", "assistant.replay")
    assert not [m for m in imports(path) if m.startswith(outside)]
    if room != "terminal":
        assert not [m for m in everything_imported(path) if m.startswith(outside)]


LOWER = {
    "neural": ("assistant.neural", "assistant.encoder", "assistant.errors"),
    "language": ("assistant.language", "assistant.turn", "assistant.errors"),
    "responders": ("assistant.responders", "assistant.language", "assistant.turn"),
}


@pytest.mark.parametrize("room", LOWER)
def test_the_lower_rooms_import_only_what_lies_below_them(room: str) -> None:
    for path in files(room):
        own = {m for m in everything_imported(path) if m.split(".")[0] in ("assistant", "storage")}
        assert not [m for m in own if not m.startswith(LOWER[room])], path


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_importing_the_package_loads_next_to_nothing() -> None:
    loaded = run("import sys, assistant; print(*sys.modules)").split()
    assert not {"numpy", "sqlalchemy", *HEAVY} & set(loaded)


def test_a_whole_chat_on_cpu_never_imports_anything_heavy() -> None:
    loaded = run(
        "import sys\n"
        "from assistant import Assistant\n"
        "with Assistant(':memory:') as a:\n"
        "    a.reply('My dog is called Biscuit. I saw him yesterday.')\n"
        "    a.new_session()\n"
        "    assert 'Biscuit' in a.reply('What is my dog called?').text\n"
        "print(*sys.modules)"
    ).split()
    assert not set(HEAVY) & set(loaded)
