"""How a failure ends a command: one line, a hint where there is one, and an exit code.

Codes: 0 ok, 1 bug, 2 usage, 3 configuration, 4 model, 5 locked, read-only or full, 6 corrupt,
7 newer schema, 8 replay failed, 130 interrupted, 141 the reader of a pipe went away.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from assistant.errors import AssistantError

OK, BUG, USAGE, CONFIGURATION, LOCKED, CORRUPT, TOO_NEW = 0, 1, 2, 3, 5, 6, 7
INTERRUPTED, BROKEN_PIPE = 130, 141
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

# By name, so that explaining a failure imports nothing that the failed command had not.
_STORAGE_CODES = {
    "StoreLocked": LOCKED,
    "StoreCorrupt": CORRUPT,
    "StoreSealed": CONFIGURATION,
    "EncryptionUnavailable": CONFIGURATION,
    "StoreTooNew": TOO_NEW,
    "RefConflict": USAGE,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure, explained.

    Args:
        kind: Name of the exception's class.
        message: One line: what was given, what was expected, how to fix it.
        exit_code: What the process ends with.
        hint: What to do next; may be empty.
    """

    kind: str
    message: str
    exit_code: int
    hint: str = ""

    def line(self) -> str:
        """The failure as it is shown."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


def explain(error: BaseException) -> Failure:
    """What to say about an exception and which code to end with.

    >>> explain(KeyboardInterrupt()).exit_code
    130
    """
    kind = type(error).__name__
    message = " ".join(str(error).split())
    if isinstance(error, KeyboardInterrupt):
        return Failure(kind, "interrupted", INTERRUPTED)
    if isinstance(error, BrokenPipeError):
        return Failure(kind, "the reader went away", BROKEN_PIPE)
    if isinstance(error, AssistantError):
        return Failure(kind, message or kind, error.exit_code)
    for ancestor in type(error).__mro__:
        if ancestor.__module__.startswith("storage") and ancestor.__name__ in _STORAGE_CODES:
            return Failure(kind, message or kind, _STORAGE_CODES[ancestor.__name__])
    usage = _usage_error(error)
    if usage is not None:
        return usage
    if isinstance(error, PermissionError):
        return Failure(kind, _of_file(error), LOCKED, "check who owns it and its mode")
    if isinstance(error, (FileNotFoundError, IsADirectoryError, NotADirectoryError)):
        return Failure(kind, _of_file(error), USAGE, "check the path")
    if isinstance(error, OSError) and is_full(error):
        where = "" if error.filename else "what was printed, or a file, cannot be written: "
        return Failure(
            kind, where + _of_file(error), LOCKED, "free some space, or send it elsewhere"
        )
    if isinstance(error, OSError):
        return Failure(kind, _of_file(error), BUG)
    own = ("assistant", "storage")
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith(own):
        return Failure(
            kind, f"the module {error.name} is not installed", BUG, f"pip install {error.name}"
        )
    detail = f"{kind}: {message}" if message else kind
    return Failure(kind, f"unexpected {detail}", BUG, "REMEMBRANCER_DEBUG=1 shows where")


def is_full(error: BaseException) -> bool:
    """Whether a disk, or what stands for one, takes no more."""
    return isinstance(error, OSError) and error.errno in _FULL


def debugging() -> bool:
    """Whether REMEMBRANCER_DEBUG asks for tracebacks."""
    return os.environ.get("REMEMBRANCER_DEBUG", "") not in ("", "0")


def _of_file(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"{error.filename}: {reason}" if error.filename else reason


def _usage_error(error: BaseException) -> Failure | None:
    """A complaint of click about the command line, with where to read more."""
    import click

    if not isinstance(error, click.ClickException):
        return None
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"see '{error.ctx.command_path} --help'"
    message = " ".join(error.format_message().split())
    return Failure(type(error).__name__, message.rstrip("."), error.exit_code, hint)
