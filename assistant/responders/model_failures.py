"""What a failing model server did, in one line: what happened, what was expected, how to fix it.

What a server sent is quoted only in part and on one line, and not at all where it may repeat a key.
"""

from __future__ import annotations

import socket
import ssl
from typing import Any

from ..errors import ModelError
from .api_key import ApiKey
from .exchange import Silence, Stopped
from .model_settings import ModelSettings
from .quoting import tidy

_LONGEST = 160


class Garbled(Exception):
    """The server sent what cannot be used; the text says what."""


class Explained:
    """Turns whatever goes wrong inside into a ``ModelError`` that shows no key."""

    def __init__(self, settings: ModelSettings, key: ApiKey, model: str) -> None:
        self._settings, self._key, self._model = settings, key, model

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ModelError | Stopped) or not isinstance(error, Exception):
            return  # nothing, something explained already, or the user's wish
        if isinstance(error, Silence):
            said = explain_silence(error, self._settings)
        else:
            said = explain(error, self._settings, self._model)
        raise ModelError(self._key.hidden_in(said)) from None


def explain_silence(error: Silence, settings: ModelSettings) -> str:
    """A server that said nothing for too long."""
    if not error.alive:
        return (
            f"the model server at {settings.where} gave no sign of life within "
            f"{error.seconds:g} s; check that it runs, or raise REMEMBRANCER_ALIVE_S"
        )
    return (
        f"the model at {settings.where} said nothing for {error.seconds:g} s; "
        "a smaller one is faster, or raise REMEMBRANCER_FIRST_TOKEN_S or "
        "REMEMBRANCER_BETWEEN_TOKENS_S"
    )


def explain(error: BaseException, settings: ModelSettings, model: str) -> str:
    """Anything else that went wrong with a request."""
    where = settings.where
    for cause in _chain(error):
        if isinstance(cause, Garbled):
            return (
                f"the model server at {where} {cause}; expected a chat completion: "
                "check REMEMBRANCER_BASE_URL (most end in /v1)"
            )
        if isinstance(cause, ConnectionRefusedError):
            return (
                f"no model server answers at {where} (connection refused); "
                "start it, or check REMEMBRANCER_BASE_URL"
            )
        if isinstance(cause, socket.gaierror):
            return f"the host of {where} is unknown; check REMEMBRANCER_BASE_URL"
        if isinstance(cause, ssl.SSLError):
            return (
                f"no secure connection to {where} ({_said(str(cause))}); "
                "check REMEMBRANCER_BASE_URL (http or https?)"
            )
    if type(error).__module__.startswith("openai"):
        return _explain_client(error, where, model)
    if isinstance(error, EOFError) or _is_network(error):
        return _closed(where)
    if isinstance(error, ImportError):
        return f"the openai package cannot be loaded ({_said(str(error))}); pip install openai"
    return (
        f"the model server at {where} sent what cannot be read ({type(error).__name__}); "
        "expected a chat completion: check REMEMBRANCER_BASE_URL (most end in /v1)"
    )


def _closed(where: str) -> str:
    return f"the model server at {where} closed the connection; check that it still runs"


def _explain_client(error: BaseException, where: str, model: str) -> str:
    """An error of the client library, which is loaded when it raises one."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _explain_status(error, where, model)
    if isinstance(error, openai.APITimeoutError):
        return f"the model server at {where} did not answer in time; check that it runs"
    if isinstance(error, openai.APIConnectionError):
        innermost = _chain(error)[-1]
        if any(type(cause).__name__ == "ConnectError" for cause in _chain(error)):
            return f"no connection to {where} ({_said(str(innermost))}); check that it runs"
        return _closed(where)
    if isinstance(error, openai.APIError):
        return f"the model server at {where} reported: {_said(error.message)}"
    return f"the model server at {where} cannot be asked ({_said(str(error))}); see its address"


def _explain_status(error: Any, where: str, model: str) -> str:
    status = error.status_code
    said = f": {_message_of(error)}" if _message_of(error) else ""
    if status in (401, 403):
        return (
            f"the model server at {where} refused the key ({status}); set REMEMBRANCER_API_KEY, "
            "or see docs/models.md for the keyring"
        )
    if status == 404:
        return (
            f"the model server at {where} has no model {tidy(model)[:80]!r} or no such address "
            f"(404){said}; /model lists what it offers, and most base URLs end in /v1"
        )
    if status in (400, 413, 422):
        return (
            f"the model server at {where} refused the request ({status}){said}; "
            "if it is too long, lower REMEMBRANCER_BUDGET_TOKENS"
        )
    if status == 429:
        return f"the model server at {where} wants a pause (429){said}; try again later"
    if 300 <= status < 400:
        return (
            f"the model server at {where} points elsewhere ({status}), which is not followed; "
            "set REMEMBRANCER_BASE_URL to where it points, if you trust it"
        )
    return f"the model server at {where} failed ({status}){said}; see its log"


def _message_of(error: Any) -> str:
    body = error.body
    found = body.get("message") if isinstance(body, dict) else None
    if found is None and isinstance(body, dict) and isinstance(body.get("error"), str):
        found = body["error"]
    return _said(found) if isinstance(found, str) else ""


def _said(text: str) -> str:
    line = tidy(text[: 4 * _LONGEST])
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _is_network(error: BaseException) -> bool:
    """Whether the connection itself broke, as the HTTP library says it."""
    broke = ("ReadError", "WriteError", "RemoteProtocolError", "ConnectError", "CloseError")
    return isinstance(error, ConnectionError) or type(error).__name__ in broke


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what caused it, outermost first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain
