"""The command line: ``assistant`` and its commands, built from the registry.

Only click is imported here, and light modules: help must be there at once. Turns every exception
into one line and an exit code, see ``failures``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from assistant.terminal.commands import all_commands
from assistant.terminal.registry import Call, Command, Option, Registry, checked, nearest
from assistant.terminal.settings import Settings, version

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.terminal.engine import Opener
    from assistant.terminal.failures import Failure

    _ParamType = click.ParamType[int | str]  # not generic in every click 8
else:
    _ParamType = click.ParamType

OK = 0
MODES = {"read_only": "read-only", "off_record": "off-record"}


class Program(click.Group):
    """The command group; its commands are made when they are asked for."""

    registry: Registry
    opener: Opener

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of help."""
        return ["chat", *(command.name for command in self.registry.of("shell"))]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, made now."""
        if name == "chat":
            return _chat_command(self)
        for command in self.registry.of("shell"):
            if command.name == name:
                return _shell_command(command, self)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but says which command was perhaps meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = nearest(name, self.list_commands(ctx))
            if name == "help":
                raise click.UsageError(
                    "help is had by --help, after a command by its own: assistant recall --help",
                    ctx,
                )
            meant = f"did you mean '{near[0]}'?" if near else "to say something: assistant ask TEXT"
            raise click.UsageError(f"no command {name[:40]!r}; {meant}", ctx)
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and end the process with the code that fits what happened."""
        # Our matrices are small: one thread multiplies them ten times faster than two that wait
        # for each other on a busy machine. OpenBLAS reads this when NumPy is first imported.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        words = list(sys.argv[1:] if args is None else args)
        if None in (sys.stdin, sys.stdout, sys.stderr):
            from assistant.terminal.standard_streams import open_closed

            open_closed()
        if not standalone_mode:
            return super().main(words, prog_name, complete_var, False, **extra)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        json = "--json" in words[: words.index("--") if "--" in words else None]
        extra.setdefault("obj", Settings())
        try:
            code = super().main(words, prog_name, complete_var, False, **extra)
            sys.stdout.flush()
        except BaseException as error:
            code = _fail(error, json=json)
        sys.exit(code if isinstance(code, int) else OK)


def _fail(
    error: BaseException, *, json: bool, command: str | None = None, data: object = None
) -> int:
    """Say what went wrong; the exit code.

    Args:
        error: Whatever was raised.
        json: Say it as an envelope.
        command: Whose failure it is, where that is known.
        data: What the command found out all the same.
    """
    from assistant.terminal.failures import BROKEN_PIPE, debugging, explain, is_full
    from assistant.terminal.output import Output
    from assistant.terminal.standard_streams import abandon_output

    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else OK
    if debugging():
        import traceback

        traceback.print_exception(error)
    if isinstance(error, click.Abort):
        error = KeyboardInterrupt()
    failure = explain(error)
    if failure.exit_code == BROKEN_PIPE:
        abandon_output()
        return failure.exit_code
    try:
        if json:
            _print_failure(failure, command, data)
        else:
            Output().error(f"assistant: {failure.line()}")
    except OSError:  # the place it goes to is full
        with suppress(OSError):
            Output().error(f"assistant: {failure.line()}")
    if is_full(error):
        abandon_output()
    return failure.exit_code


def _print_failure(failure: Failure, command: str | None, data: object) -> None:
    """A failure as an envelope, with what the command found out all the same."""
    from assistant.terminal.data import to_json

    body: dict[str, Any] = {
        "kind": failure.kind,
        "message": failure.message,
        "hint": failure.hint,
        "exit_code": failure.exit_code,
    }
    envelope: dict[str, Any] = {"ok": False, "command": command, "error": body}
    if data is not None:
        envelope["data"] = data
    print(to_json(envelope), flush=True)


def _global_options() -> list[click.Option]:
    """Flags that stand before or after any command; the later one wins."""

    def keep(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
        from click.core import ParameterSource

        assert option.name is not None
        given = ctx.get_parameter_source(option.name) is not ParameterSource.DEFAULT
        settings = ctx.find_object(Settings)
        if settings is not None and value is not None and given:
            if option.name == "json":
                settings.json = value
            elif option.name in MODES:
                if value and settings.flags.get("mode") != "off-record":
                    settings.flags["mode"] = MODES[option.name]
            else:
                settings.flags[option.name] = value
        return value

    def option(flags: Sequence[str], **attributes: Any) -> click.Option:
        return click.Option(flags, expose_value=False, callback=keep, **attributes)

    return [
        option(["--store"], metavar="PATH", help="The memory's file [default: your own]."),
        option(["--owner"], metavar="NAME", help="Whose memory [default: default]."),
        option(["--runtime"], type=click.Choice(["numpy", "keras"]), help="What runs the LSTMs."),
        option(["--device"], type=click.Choice(["auto", "cpu", "gpu"]), help="Where they run."),
        option(["--model"], metavar="NAME", help="Which language model words the replies."),
        option(["--read-only"], is_flag=True, default=None, help="Recall, but write nothing."),
        option(["--off-record"], is_flag=True, default=None, help="Keep nothing, anywhere."),
        option(["--json"], is_flag=True, default=None, help="Print one JSON object."),
    ]


def _chat_command(program: Program) -> click.Command:
    return click.Command(
        "chat",
        callback=lambda: _chat(program),
        params=list(_global_options()),
        help="Chat; what `assistant` alone does. From a pipe: a turn a line.",
    )


def _chat(program: Program) -> int:
    from assistant.terminal.chat import chat
    from assistant.terminal.engine import Engine
    from assistant.terminal.native_stderr import native_stderr_silenced
    from assistant.terminal.store_key import cipher_of

    settings = click.get_current_context().find_object(Settings)
    assert settings is not None
    try:
        settings.resolve()
        cipher_of(settings)  # may ask for it, which is done before there is a prompt
        with native_stderr_silenced():
            return chat(settings, Engine(settings, program.opener), program.registry)
    except BaseException as error:
        return _fail(error, json=settings.json, command="chat")


def _shell_command(command: Command, program: Program) -> click.Command:
    """A command of the registry as click sees it."""
    params: list[click.Parameter] = []
    if command.argument is not None:
        many = command.argument.kind != "file"
        params.append(
            click.Argument(
                ["words"],
                nargs=-1 if many else 1,
                required=command.argument.required,
                metavar=str(command.argument),
                shell_complete=_completing(command.argument.completes),
            )
        )
    for option in command.options:
        if option.kind == "flag":
            params.append(
                click.Option([*option.flags, option.name], is_flag=True, help=option.help)
            )
        else:
            params.append(
                click.Option(
                    [*option.flags, option.name],
                    type=_Value(option),
                    default=option.default,
                    help=option.help,
                    show_default=option.default is not None,
                )
            )
    params += _global_options()
    text = command.help + "." + (f"\n\n{command.details}" if command.details else "")
    return click.Command(
        command.name,
        callback=_runner(command, program),
        params=params,
        help=text,
        short_help=command.help + ".",
    )


class _Value(_ParamType):
    """What an option takes, read and refused in the words of the chat."""

    def __init__(self, option: Option) -> None:
        self.name = "N" if option.kind == "integer" else "text"
        self._option = option

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """The value as a handler wants it; UsageError when it is not one."""
        return value if isinstance(value, int) else self._option.read(value)


def _completing(kind: str) -> Any:
    """What a shell offers for an argument; it is never made to open the store."""

    def complete(ctx: click.Context, param: click.Parameter, begun: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        if kind == "path":
            return [CompletionItem(begun, type="file")]
        if kind in ("memory", "words", "command", "model"):
            return []
        return [CompletionItem(word) for word in kind.split() if word.startswith(begun)]

    return complete if kind else None


def _runner(command: Command, program: Program) -> Callable[..., int]:
    def run(words: tuple[str, ...] | str | None = (), **options: Any) -> int:
        from assistant.terminal.context import CommandContext
        from assistant.terminal.engine import Engine
        from assistant.terminal.native_stderr import native_stderr_silenced
        from assistant.terminal.output import choose_output

        settings = click.get_current_context().find_object(Settings)
        assert settings is not None
        parts = (words,) if isinstance(words, str) else tuple(words or ())
        call = Call(" ".join(parts), parts, options)
        output = choose_output(json=settings.json, theme=settings.theme)
        ask, choose = (_ask, _choose) if sys.stdin.isatty() and not settings.json else (None, None)
        engine = Engine(settings, program.opener)
        context = CommandContext(settings, engine, output, program.registry, ask=ask, choose=choose)
        try:
            checked(command, call)
            if command.configured:
                settings.resolve()
            with native_stderr_silenced():
                try:
                    data = command.handler(context, call)
                finally:
                    engine.close()
            if settings.json:
                from assistant.terminal.data import to_json

                print(to_json({"ok": True, "command": command.name, "data": data}))
            sys.stdout.flush()
        except BaseException as error:
            return _fail(error, json=settings.json, command=command.name, data=context.partial)
        return context.exit_code

    return run


def _ask(question: str) -> bool:
    return click.confirm(question, default=False, err=True)


def _choose(question: str, keys: str) -> str:
    """One key, typed without Enter; any other passes the question over."""
    click.echo(f"{question} ", nl=False, err=True)
    key = click.getchar().lower()
    answer = key if key and key in keys else ""
    click.echo(answer or "-", err=True)
    return answer


def build(opener: Opener | None = None, registry: Registry | None = None) -> Program:
    """The program, with what opens the assistant behind it.

    What stands for the flags in the environment and in files, see ``configuration``.
    """

    def start(ctx: click.Context) -> int:
        return _chat(program) if ctx.invoked_subcommand is None else OK

    program = Program(
        "assistant",
        callback=click.pass_context(start),
        invoke_without_command=True,
        params=[
            *_global_options(),
            click.Option(
                ["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_show_version,
                help="Print the version and leave.",
            ),
        ],
        help="A chat assistant that remembers. Alone, opens the chat.",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    program.registry = registry or all_commands()
    program.opener = opener or _open_assistant
    return program


def _open_assistant(settings: Settings) -> Assistant:
    from assistant.terminal.engine import open_assistant

    return open_assistant(settings)


def _show_version(ctx: click.Context, option: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"remembrancer {version()}")
        ctx.exit()


def main() -> None:
    """The commands ``assistant`` and ``remembrancer``."""
    build().main()
