"""Every command, declared once. Help, completion, the shell and the documentation read this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.terminal.registry import Argument, Command, Handler, Option, Registry

if TYPE_CHECKING:
    from assistant.terminal.context import CommandContext
    from assistant.terminal.registry import Call

_LIMIT = ("--limit", "-n")
_KEEP = Option(("--keep", "-k"), "Keep it in your settings file")
_YES = Option(("--yes", "-y"), "Do not ask")
_KEYRING = Option(("--keyring", "-k"), "Keep the key in the system keyring")


def _in(module: str, function: str) -> Handler:
    """A handler that is imported when it is called, so that help need not import them all."""

    def handler(context: CommandContext, call: Call) -> object:
        from importlib import import_module

        found: Handler = getattr(import_module(f"assistant.terminal.{module}"), function)
        return found(context, call)

    return handler


def all_commands() -> Registry:
    """The registry of the program."""
    return Registry(
        [
            Command(
                "help",
                "List the commands, or explain one",
                _in("session_commands", "show_help"),
                Argument("COMMAND|all", completes="command"),
                aliases=("?", "h"),
                places=("chat",),
                everyday=True,
            ),
            Command(
                "ask",
                "Say one thing and print the reply",
                _in("session_commands", "ask"),
                Argument("TEXT"),
                places=("shell",),
                details="Without TEXT, takes standard input as one turn.",
            ),
            Command(
                "stm",
                "Show short-term memory and what leaves it next",
                _in("session_commands", "stm"),
                places=("chat",),
                everyday=True,
            ),
            Command(
                "memories",
                "List memories, newest first, or show one by its number",
                _in("memory_commands", "memories"),
                Argument("WORDS|NUMBER", completes="words"),
                options=(
                    Option(_LIMIT, "How many at most", "integer"),
                    Option(("--page", "-p"), "Which page of so many", "integer", 1),
                    Option(("--all", "-a"), "All of them, however many"),
                    Option(("--archived", "-r"), "Also those in the archive"),
                ),
                aliases=("ls",),
                details="A number shows one memory, whole, with its strength over time; t3 a turn.",
                everyday=True,
            ),
            Command(
                "recall",
                "Show what a question or words bring back, and how surely",
                _in("memory_commands", "recall"),
                Argument("WORDS", required=True, completes="words"),
                options=(
                    Option(_LIMIT, "How many at most", "integer", 10),
                    Option(("--transcript", "-t"), "Search every turn, not only memories"),
                ),
                everyday=True,
            ),
            Command(
                "why",
                "Explain the last reply: what was recalled for it and why",
                _in("why_command", "why"),
                options=(Option(_LIMIT, "How many", "integer"),),
                places=("chat",),
                details=(
                    "Sure is how likely it answers what was asked. What made it so: words shared "
                    "with the question, meaning, neighbours (what was said beside it), session, "
                    "speaker, form (a question, a name, a number ...), time, use (how often it "
                    "served), reading (its words beside those of the question)."
                ),
                everyday=True,
            ),
            Command(
                "remember",
                "Keep something, however unimportant it seems",
                _in("memory_commands", "remember"),
                Argument("TEXT", required=True),
                everyday=True,
            ),
            Command(
                "forget",
                "Remove memories for good, by number, by words or by day",
                _in("forgetting", "forget"),
                Argument("NUMBER...|WORDS", completes="memory"),
                options=(
                    Option(("--yes", "-y"), "Do not ask"),
                    Option(("--dry-run", "-n"), "Only say what would go"),
                    Option(("--all", "-a"), "All that match the words"),
                    Option(("--since", "-s"), "What was said on this day or later", "text"),
                    Option(("--until", "-u"), "What was said on this day or before", "text"),
                ),
                details="Asks once; it cannot be undone. A day is 2026-05-03, yesterday, ...",
                everyday=True,
            ),
            Command(
                "pin",
                "Pin memories: they always travel to the model",
                _in("control_commands", "pin"),
                Argument("NUMBER...", required=True, completes="memory"),
            ),
            Command(
                "unpin",
                "Let go of pinned memories",
                _in("control_commands", "unpin"),
                Argument("NUMBER...", required=True, completes="memory"),
            ),
            Command(
                "edit",
                "Give a memory other words",
                _in("control_commands", "edit"),
                Argument("NUMBER TEXT", required=True, completes="memory"),
                everyday=True,
            ),
            Command(
                "undo",
                "Take back the last change to what is remembered",
                _in("control_commands", "undo"),
                details="Again: the one before. A forgetting is final.",
                everyday=True,
            ),
            Command(
                "sleep",
                "Look after the memories: merge, archive, tidy, check",
                _in("sleep_command", "sleep"),
                details="Can be interrupted, and begun again. Nothing is deleted.",
            ),
            Command(
                "inbox",
                "Decide what is uncertain, one key each",
                _in("control_commands", "inbox"),
                Argument("NUMBER now|then|both|wrong"),
                details=(
                    "Of two memories that may contradict: the later one holds now, told of then, "
                    "both hold, or it was wrong."
                ),
            ),
            Command(
                "as-of",
                "Show what was believed on a day",
                _in("as_of", "as_of"),
                Argument("DATE [QUESTION]", required=True, completes="words"),
                options=(Option(_LIMIT, "How many at most", "integer", 10),),
                details="A date is 2026-05-03, 3 May, yesterday, ...; without QUESTION, all of it.",
            ),
            Command(
                "new",
                "Begin a new session",
                _in("session_commands", "new"),
                places=("chat",),
                everyday=True,
            ),
            Command(
                "history",
                "Show what was said, newest last",
                _in("history_commands", "history"),
                Argument("WORDS", completes="words"),
                options=(
                    Option(_LIMIT, "How many turns at most", "integer", 20),
                    Option(("--session", "-s"), "Only what was said in this session"),
                ),
                everyday=True,
            ),
            Command(
                "mode",
                "Choose what is written: all, nothing new, or nothing",
                _in("mode_command", "mode"),
                Argument("normal|read-only|off-record", completes="normal read-only off-record"),
                places=("chat",),
                details="In the shell: --read-only, --off-record.",
                everyday=True,
            ),
            Command(
                "model",
                "List the models, or choose one; none: memory alone",
                _in("model_commands", "model"),
                Argument("NAME|URL|none", completes="model"),
                options=(_KEEP,),
                places=("chat",),
                details="/model http://127.0.0.1:11434/v1 connects to a server.",
                everyday=True,
            ),
            Command(
                "prompt",
                "Show what was last sent to the model",
                _in("model_commands", "prompt"),
                places=("chat",),
            ),
            Command(
                "device",
                "Say what runs the networks, where and why, or choose another",
                _in("device_commands", "device"),
                Argument("auto|cpu|gpu", completes="auto cpu gpu"),
                options=(_KEEP,),
            ),
            Command(
                "stats",
                "Show figures and plots of the memory",
                _in("stats", "stats"),
                details="Recall is timed with what was said last; nothing is written.",
            ),
            Command(
                "record",
                "Write what is said from now on as a dialogue to replay",
                _in("recording", "record"),
                Argument("FILE|off", completes="path"),
                places=("chat",),
            ),
            Command(
                "replay",
                "Replay scripted dialogues and say what differs",
                _in("file_commands", "replay"),
                Argument("FILE", "files", required=True),
                options=(Option(("--verbose", "-v"), "Show every step"),),
                places=("shell",),
            ),
            Command(
                "eval",
                "Measure recall on a file of conversations with questions",
                _in("file_commands", "evaluate"),
                Argument("FILE", "file", required=True),
                options=(
                    Option(("--keep-all",), "Measure also with every turn kept but small talk"),
                    Option(("--curve",), "Plot recall against the share of turns kept"),
                ),
                places=("shell",),
                details="Works in temporary stores; your own is not opened.",
            ),
            Command(
                "import",
                "Take in conversations: an export of ChatGPT or Claude, or JSON lines",
                _in("importing", "import_file"),
                Argument("FILE", "file", required=True),
                options=(
                    Option(("--dry-run", "-n"), "Only say what it would bring"),
                    Option(("--undo", "-u"), "Forget what FILE, chatgpt or claude brought"),
                    Option(("--yes", "-y"), "Do not ask"),
                ),
                places=("shell",),
                details="Can be repeated: what is known already is passed over. - reads a pipe.",
            ),
            Command(
                "export",
                "Write everything said as JSON lines, to a file or a pipe",
                _in("file_commands", "export"),
                Argument("FILE", completes="path"),
                options=(Option(("--force", "-f"), "Replace the file"),),
            ),
            Command(
                "backup",
                "Copy the store and verify the copy",
                _in("backup_commands", "backup"),
                Argument("FILE", completes="path"),
                options=(Option(("--keep", "-k"), "How many regular ones to keep", "integer", 7),),
                details=(
                    "Without FILE the copy lies beside the store; forgetting reaches into those."
                ),
            ),
            Command(
                "restore",
                "Put a backup back; what was there is kept",
                _in("backup_commands", "restore"),
                Argument("FILE", completes="path"),
                options=(
                    Option(("--yes", "-y"), "Do not ask"),
                    Option(("--list", "-l"), "Only list and verify the backups"),
                ),
                places=("shell",),
                details="Without FILE, the newest good one beside the store.",
            ),
            Command(
                "encrypt",
                "Encrypt the store, its log and its backups",
                _in("encryption_commands", "encrypt"),
                options=(_KEYRING, _YES),
                places=("shell",),
                details=(
                    "The key is REMEMBRANCER_STORE_KEY, or a passphrase that is asked for. Needs "
                    "pip install 'remembrancer[encryption]'."
                ),
            ),
            Command(
                "decrypt",
                "Take the encryption away again",
                _in("encryption_commands", "decrypt"),
                options=(_YES,),
                places=("shell",),
            ),
            Command(
                "rotate-key",
                "Give an encrypted store another key",
                _in("encryption_commands", "rotate_key"),
                options=(_KEYRING, _YES),
                places=("shell",),
                details=(
                    "The new key is REMEMBRANCER_NEW_STORE_KEY, or a passphrase that is asked for."
                ),
            ),
            Command(
                "reindex",
                "Encode again what another encoder encoded; make damaged full text anew",
                _in("reindexing", "reindex"),
                places=("shell",),
            ),
            Command(
                "doctor",
                "Examine the installation, the store and the device",
                _in("doctor", "doctor"),
                options=(Option(("--fix", "-f"), "Remedy what can be remedied safely"),),
                details="Changes nothing without --fix.",
            ),
            Command(
                "theme",
                "List the themes, or choose one",
                _in("session_commands", "theme"),
                Argument("NAME", completes="dark light contrast mono"),
                options=(_KEEP,),
                places=("chat",),
            ),
            Command(
                "config",
                "Show the settings and their origin, their files, or edit them",
                _in("config_commands", "config"),
                Argument("show|path|edit", completes="show path edit"),
                places=("shell",),
                configured=False,
            ),
            Command(
                "completion",
                "Print what bash, zsh or fish reads to complete commands",
                _in("shell_commands", "completion"),
                Argument("SHELL", required=True, completes="bash zsh fish"),
                places=("shell",),
                details='For bash: eval "$(assistant completion bash)" in ~/.bashrc.',
                configured=False,
            ),
            Command(
                "manual",
                "Print the manual page, or write all of them to a directory",
                _in("shell_commands", "manual"),
                Argument("DIRECTORY", "file", completes="path"),
                places=("shell",),
                details="assistant manual | man -l - reads it.",
                configured=False,
            ),
            Command(
                "quit",
                "Leave; what matters is kept",
                _in("session_commands", "leave"),
                aliases=("exit", "q"),
                places=("chat",),
                everyday=True,
            ),
        ]
    )
