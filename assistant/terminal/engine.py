"""The assistant behind the terminal, opened in the background.

Opening imports SQLAlchemy, NumPy and the encoder, most of a second on a slow machine; the prompt
does not wait for it, only the first turn does, and only if it is typed faster than that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.terminal.settings import Settings

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_CONFIG = (
    "short_term_turns",
    "short_term_tokens",
    "silence_s",
    "salience_threshold",
    "confidence_threshold",
    "secrets",
)
_SLICE_S = 0.05  # waiting in slices lets Ctrl-C through on every platform

Opener = Callable[[Settings], "Assistant"]


class Engine:
    """Opens an assistant once, in a thread when asked to, and closes it.

    Args:
        settings: Which store, owner, runtime and device.
        opener: What opens it.
    """

    def __init__(self, settings: Settings, opener: Opener) -> None:
        self._settings = settings
        self._opener = opener
        self._thread: threading.Thread | None = None
        self._settled = threading.Event()
        self._assistant: Assistant | None = None
        self._error: BaseException | None = None

    @property
    def ready(self) -> bool:
        """Whether the assistant is open; never waits."""
        return self._assistant is not None

    @property
    def error(self) -> BaseException | None:
        """What went wrong with opening, if anything; never waits."""
        return self._error

    def start(self, done: Callable[[], None] | None = None) -> None:
        """Begin opening in a thread; ``done`` is called from there, after success or failure."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._open, args=(done,), name="open-assistant", daemon=True
            )
            self._thread.start()

    def get(self, stop: threading.Event | None = None) -> Assistant:
        """The open assistant; waits for it.

        Args:
            stop: Waits no longer once this is set.

        Raises:
            KeyboardInterrupt: ``stop`` was set.
            Exception: Whatever opening raised.
        """
        if self._thread is None and not self._settled.is_set():
            self._open(None)
        while not self._settled.wait(_SLICE_S):
            if stop is not None and stop.is_set():
                raise KeyboardInterrupt
        if self._error is not None:
            raise self._error
        if self._assistant is None:
            raise UsageError("the assistant is closed; open another on the same store")
        return self._assistant

    def close(self) -> None:
        """Consolidate and close what was opened. Safe to call again."""
        if self._thread is not None:
            self._thread.join()
        assistant, self._assistant = self._assistant, None
        if assistant is not None:
            assistant.close()

    def _open(self, done: Callable[[], None] | None) -> None:
        try:
            self._assistant = self._opener(self._settings)
        except BaseException as error:
            self._error = error
        finally:
            self._settled.set()
        if done is not None:
            done()


def open_assistant(settings: Settings, **parts: Any) -> Assistant:
    """The real assistant for these settings.

    Args:
        settings: Resolved.
        parts: Arguments of ``Assistant`` that stand in for the shipped ones.

    Raises:
        UsageError: The store's address cannot be used.
        AssistantError, storage.StorageError: See the message.
    """
    from assistant import Assistant, Config
    from assistant.terminal.model_commands import make_responder
    from assistant.terminal.store_key import cipher_of

    options: Any = {name: settings.given(name) for name in _CONFIG}
    options = {name: value for name, value in options.items() if value is not None}
    config = Config(runtime=settings.runtime, device=settings.device, **options)  # type: ignore[arg-type]
    responder = make_responder(settings)
    cipher = cipher_of(settings)
    path, address = settings.store_path(), settings.store_address()
    if settings.mode != "normal" and path is not None and not path.exists():
        address = ":memory:"  # opening would write the file
    options = {"owner": settings.owner, "config": config, "responder": responder, "key": cipher}
    try:
        return Assistant(address, **{**options, "mode": settings.mode, **parts})
    except ValueError as error:
        if hasattr(error, "exit_code"):
            raise
        raise UsageError(str(error)) from error
