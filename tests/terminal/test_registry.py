"""One registry feeds help, completion, the shell and did-you-mean."""

from __future__ import annotations

import io
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from assistant.errors import UsageError
from assistant.terminal.commands import all_commands
from assistant.terminal.completion import CommandCompleter, Names
from assistant.terminal.context import CommandContext
from assistant.terminal.engine import Engine, open_assistant
from assistant.terminal.output import PlainTerminalOutput
from assistant.terminal.registry import Argument, Call, Command, Option, Registry
from assistant.terminal.settings import Settings

CHAT = [command.name for command in all_commands().of("chat")]


def nothing(context: Any, call: Call) -> None:
    """A handler that does nothing."""


def completions(text: str) -> list[str]:
    completer = CommandCompleter(all_commands())
    return [c.text for c in completer.get_completions(Document(text), CompleteEvent())]


def test_the_commands_of_the_chat_are_those_promised() -> None:
    promised = "help stm memories recall why remember forget new quit record doctor"
    assert set(promised.split()) <= set(CHAT)


def test_every_command_is_in_help(run: Any) -> None:
    shown = run(input="/help\n").stdout
    assert [name for name in CHAT if f"/{name}" not in shown] == []


@pytest.mark.parametrize("name", CHAT)
def test_every_command_explains_itself(run: Any, name: str) -> None:
    assert f"/{name}" in run(input=f"/help {name}\n").stdout


@pytest.mark.parametrize("command", all_commands(), ids=lambda c: c.name)
def test_every_command_has_its_handler_and_one_line_of_help(command: Command) -> None:
    assert command.help[0].isupper()
    assert not command.help.endswith(".")
    assert "\n" not in command.help
    handler = command.handler.__closure__
    assert handler is not None
    function, module = (cell.cell_contents for cell in handler)
    assert callable(getattr(import_module(f"assistant.terminal.{module}"), str(function)))


def test_a_slip_of_the_finger_is_put_right() -> None:
    with pytest.raises(UsageError, match=r"no command /memroies; did you mean /memories\?"):
        all_commands().find("memroies")


def test_a_path_is_no_command_and_says_how_to_send_it() -> None:
    with pytest.raises(UsageError, match="// at the start sends it as words"):
        all_commands().find("usr/bin/python")


def test_a_beginning_is_enough_when_only_one_command_has_it() -> None:
    assert all_commands().find("mem").name == "memories"
    assert all_commands().find("QUIT").name == "quit"
    with pytest.raises(UsageError, match="could be /recall or /remember or /record"):
        all_commands().find("re")


def test_aliases_find_their_command() -> None:
    assert all_commands().find("exit").name == "quit"


def test_two_commands_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="two chat commands are called x"):
        Registry([Command("x", "One", nothing), Command("y", "Two", nothing, aliases=("x",))])


FIND = Command(
    "find",
    "Find",
    nothing,
    Argument("WORDS", required=True),
    options=(Option(("--limit", "-n"), "How many", "integer", 10), Option(("--yes",), "Sure")),
)


@pytest.mark.parametrize(
    ("line", "text", "limit", "yes"),
    [
        ("find dog --bogus", "dog --bogus", 10, False),
        ("find -- --bogus dog", "--bogus dog", 10, False),
        ("find --- dog", "--- dog", 10, False),
        ("find don't ask \"why", "don't ask \"why", 10, False),
        ("find --limit 3 two words", "two words", 3, False),
        ("find two words -n 3 --yes", "two words", 3, True),
        ("find two --yes words", "two --yes words", 10, False),
        ("find -- --yes", "--yes", 10, False),
        ("find   spaced   out  ", "spaced   out", 10, False),
        ("find 我的  猫", "我的  猫", 10, False),
    ],
)
def test_words_need_no_quotes_and_options_stand_at_the_ends(
    line: str, text: str, limit: int, yes: bool
) -> None:
    _, call = Registry([FIND]).parse(line)
    assert (call.text, call.options) == (text, {"limit": limit, "yes": yes})


def test_an_option_that_there_is_not_is_no_word_in_silence() -> None:
    with pytest.raises(UsageError, match="/find has no --limt; did you mean --limit"):
        Registry([FIND]).parse("find --limt 3 dog")
    with pytest.raises(UsageError, match="expected --limit or --yes; -- before it makes it words"):
        Registry([FIND]).parse("find --zebra dog")
    say = Command("say", "Say", nothing, Argument("WORDS"))
    assert Registry([say]).parse("say --zebra dog")[1].text == "--zebra dog"


@pytest.mark.parametrize("line", ["find", "find --limit x dog", "find --limit 0 dog", "find -n"])
def test_a_command_called_wrongly_says_how(line: str) -> None:
    with pytest.raises(UsageError, match=r"/find needs WORDS|expected a number"):
        Registry([FIND]).parse(line)


def test_a_command_without_argument_takes_none() -> None:
    with pytest.raises(UsageError, match="/stm takes no argument"):
        all_commands().parse("stm everything")


def test_a_slash_completes_every_command() -> None:
    assert completions("/") == CHAT
    assert completions("/mem") == ["memories"]
    assert completions("/help rec") == ["recall", "record"]
    assert completions("/recall dog --t") == ["--transcript"]


def test_words_complete_nothing() -> None:
    assert completions("memories") == completions("//mem") == completions("/remember dog") == []


DOCUMENTATION = Path(__file__).parents[2] / "docs" / "terminal.md"


@pytest.mark.parametrize("place", ["chat", "shell"])
def test_every_command_is_documented_as_it_is(place: Any) -> None:
    text = DOCUMENTATION.read_text("utf-8")
    sign = "/" if place == "chat" else "assistant "
    usages = {c: c.usage().replace("|", "\\|") for c in all_commands().of(place)}
    rows = [f"| `{sign}{usage}` | {command.help} |" for command, usage in usages.items()]
    assert [row for row in rows if row not in text] == []


def named(*texts: str) -> Names:
    """A snapshot of memories with these words."""
    names = Names()
    names.memories = tuple((str(number), text) for number, text in enumerate(texts, 1))
    names.words = ("Bruno", "Lisbon")
    names.models = ("small", "large")
    return names


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("/forget ", ["1", "2"]),
        ("/forget 2", ["2"]),
        ("/forget bru", ["1"]),
        ("/forget 小", ["2"]),
        ("/fo bru", ["1"]),
        ("/recall dog li", ["Lisbon"]),
        ("/model l", ["large"]),
        ("/theme m", ["mono"]),
        ("/remember bru", []),
        ("/r bru", []),
    ],
)
def test_arguments_complete_from_the_snapshot(line: str, wanted: list[str]) -> None:
    completer = CommandCompleter(all_commands(), named("My dog is Bruno.", "我的猫叫小泽"))
    found = completer.get_completions(Document(line), CompleteEvent())
    assert [completion.text for completion in found] == wanted


def test_completing_never_asks_the_store_and_is_quick_with_many_memories() -> None:
    completer = CommandCompleter(all_commands(), named(*["word " * 200] * 300))
    begun = time.process_time()
    assert not list(completer.get_completions(Document("/forget nothing"), CompleteEvent()))
    assert time.process_time() - begun < 0.05


def test_the_snapshot_is_that_of_the_memories(open_assistant: Any) -> None:
    names = Names()
    with open_assistant() as assistant:
        assistant.remember("My dog is called Bruno.")
        names.refresh(assistant)
    assert names.memories == (("1", "My dog is called Bruno."),)
    assert "Bruno" in names.words


def test_the_snapshot_follows_every_change_and_is_not_read_again_without_one(
    open_assistant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names()
    with open_assistant() as assistant:
        assistant.remember("My dog is called Bruno.")
        names.refresh(assistant)
        assistant.edit(1, "My dog is called Rex.")
        names.refresh(assistant)
        assert "Rex" in names.words
        assistant.undo()
        names.refresh(assistant)
        assert "Bruno" in names.words
        assistant.observe("Good morning.")
        monkeypatch.setattr(assistant, "memories", None)
        names.refresh(assistant)


def test_files_complete(tmp_path: Path) -> None:
    (tmp_path / "said.jsonl").touch()
    completer = CommandCompleter(all_commands())
    found = completer.get_completions(Document(f"/export {tmp_path}/sa"), CompleteEvent())
    assert [completion.text for completion in found] == ["id.jsonl"]


def test_a_slash_alone_asks_for_help(run: Any) -> None:
    assert run(input="/\n").stdout == run(input="/help\n").stdout


def test_a_beginning_that_is_right_counts_most_in_a_slip(run: Any) -> None:
    with pytest.raises(UsageError, match=r"did you mean /memories\?"):
        all_commands().find("memry")
    assert "did you mean 'memories'?" in run("memry").stderr


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_help_is_whole_at_any_width(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    printed = io.StringIO()
    settings, registry = Settings(store=":memory:"), all_commands()
    engine = Engine(settings, open_assistant)
    output = PlainTerminalOutput(printed)
    context = CommandContext(settings, engine, output, registry, place="chat")
    command, call = registry.parse("help all")
    command.handler(context, call)
    shown = printed.getvalue()
    assert max(map(len, shown.splitlines())) <= columns
    said = " ".join(shown.split())
    assert [c.name for c in registry.of("chat") if c.help not in said] == []
    assert "…" not in shown


def test_help_fits_the_smallest_usual_terminal_and_names_every_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = io.StringIO()
    settings, registry = Settings(store=":memory:"), all_commands()
    engine = Engine(settings, open_assistant)
    context = CommandContext(settings, engine, PlainTerminalOutput(printed), registry, place="chat")
    command, call = registry.parse("help")
    command.handler(context, call)
    shown = printed.getvalue()
    assert len(shown.splitlines()) <= 24 - 3  # the line typed, the prompt, the toolbar
    assert [name for name in CHAT if f"/{name}" not in shown] == []
