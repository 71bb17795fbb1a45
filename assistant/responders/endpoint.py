"""An OpenAI-compatible endpoint: which models it offers, and what they say, streamed.

Speaks through the ``openai`` package, which takes a second to import and is loaded with the first
request, or ahead of it by ``warm``. A server may do anything: what it does wrong becomes a
``ModelError``, and no more than a bounded part of what it sends is held.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from ..errors import ModelError
from .api_key import ApiKey
from .bounded_body import bound
from .exchange import Exchange, Patience
from .model_failures import Explained, Garbled
from .model_settings import ModelSettings
from .prompt import Message
from .quoted_data import whole
from .sign_of_life import lives

if TYPE_CHECKING:
    import httpx2
    import openai

LONGEST_REPLY: Final = 100_000
"""Most characters of a reply."""

_MOST_BYTES: Final = 16 << 20  # of a reply: each word comes wrapped in some 250 bytes
_LONGEST_LINE: Final = 1 << 20
_PROBE_AGAIN_S: Final = 5.0
_LIST_S: Final = 10.0
_LISTED: Final = 1000


class Endpoint:
    """A server that speaks the OpenAI protocol.

    Args:
        settings: Where it is and how long to wait for it.
        key: Sent to it and to nobody else.
    """

    def __init__(self, settings: ModelSettings, key: ApiKey | None = None) -> None:
        self.settings = settings
        self._key = key or ApiKey()
        self._under_way: list[Exchange] = []
        self._certificates: ssl.SSLContext | None = None
        alive_s = settings.alive_s
        self._patience = Patience(
            alive_s,
            settings.first_token_s,
            settings.between_tokens_s,
            alive_s / 3 if settings.is_local else _PROBE_AGAIN_S,
        )

    def __repr__(self) -> str:
        return f"Endpoint({self.settings.base_url!r})"

    def warm(self) -> None:
        """Begin loading the client in a thread, so that the first reply need not wait for it."""
        threading.Thread(target=self._load, name="load-openai", daemon=True).start()

    def stop(self) -> None:
        """End what is under way, from any thread; whoever waits for it gets ``Stopped``."""
        for exchange in tuple(self._under_way):
            exchange.interrupt()

    def models(self) -> tuple[str, ...]:
        """Names of the models offered, as the server orders them.

        Raises:
            ModelError: It did not say.
        """
        names: list[str] = []

        def ask(exchange: Exchange) -> None:
            with self._client(exchange, most_bytes=4 << 20, longest_line=4 << 20) as client:
                page = client.models.list()
                listed = page.data if isinstance(page.data, list) else []
                found = [getattr(model, "id", None) for model in listed[:_LISTED]]
                names.extend(whole(name) for name in found if isinstance(name, str) and name)

        alive_s = self.settings.alive_s if self.settings.is_local else _LIST_S
        patience = Patience(alive_s, _LIST_S, _LIST_S, _PROBE_AGAIN_S)
        exchange = Exchange(ask, patience, self._probe)
        self._under_way.append(exchange)
        try:
            with self._explained(""):
                for _ in exchange.pieces():
                    pass
        finally:
            self._under_way.remove(exchange)
        if not names:
            raise ModelError(
                f"the model server at {self.settings.where} offers no model; load one there, "
                "or check REMEMBRANCER_BASE_URL (most end in /v1)"
            )
        return tuple(dict.fromkeys(names))

    def stream(self, model: str, messages: Sequence[Message]) -> Iterator[str]:
        """What a model says, piece by piece. Closing the iterator shuts the connection.

        Raises:
            ModelError: It failed, before the first piece or after some.
        """
        options: dict[str, Any] = {
            "model": model,
            "messages": [{"role": one.role, "content": whole(one.content)} for one in messages],
            "stream": True,
            # OpenAI's newer models refuse the old name; most other servers know only that.
            "max_completion_tokens" if self.settings.is_openai else "max_tokens": (
                self.settings.reply_tokens
            ),
        }

        def ask(exchange: Exchange) -> None:
            with self._client(exchange) as client:
                stream = client.chat.completions.create(**options)
                exchange.life()
                finished = False
                with stream:
                    for chunk in stream:
                        finished |= _pass_on(chunk, exchange)
                if not finished and not getattr(stream.response.stream, "done", False):
                    raise EOFError

        exchange = Exchange(ask, self._patience, self._probe)
        length, held = 0, ""
        with self._explained(model):
            pieces = exchange.pieces()
            self._under_way.append(exchange)
            try:
                for piece in pieces:
                    text, held = _mended(held + piece)
                    length += len(text)
                    if length > LONGEST_REPLY:
                        raise Garbled(f"sent more than {LONGEST_REPLY:,} characters")
                    if text:
                        yield text
            finally:
                self._under_way.remove(exchange)
                pieces.close()  # type: ignore[attr-defined]
        if held:
            yield whole(held)

    def _load(self) -> None:
        with suppress(Exception):  # the first request will say what is wrong
            import httpx2
            import openai

            self._verify()
            # Much is only worked out with the first reply; this one comes from no server.
            events = {"Content-Type": "text/event-stream"}
            body = b'data: {"choices": []}\n\ndata: [DONE]\n\n'
            nowhere = httpx2.MockTransport(
                lambda _: httpx2.Response(200, headers=events, content=body)
            )
            with openai.OpenAI(
                api_key="none",
                base_url="http://127.0.0.1/v1",
                http_client=httpx2.Client(transport=nowhere),
            ) as client:
                message: Any = {"role": "user", "content": "?"}
                list(client.chat.completions.create(model="", messages=[message], stream=True))

    def _verify(self) -> ssl.SSLContext | bool:
        """Certificates to trust; they take a while to load, so plain HTTP goes without."""
        import httpx2

        if not self.settings.base_url.startswith("https:"):
            return False
        if self._certificates is None:
            self._certificates = httpx2.create_ssl_context()
        return self._certificates

    def _probe(self) -> bool:
        return lives(self.settings, self._key)

    def _explained(self, model: str) -> Explained:
        return Explained(self.settings, self._key, model)

    def _client(
        self,
        exchange: Exchange,
        *,
        most_bytes: int = _MOST_BYTES,
        longest_line: int = _LONGEST_LINE,
    ) -> openai.OpenAI:
        """A client for one request, on a connection of its own that the exchange can shut."""
        import httpx2
        import openai

        settings = self.settings
        read_s = max(settings.first_token_s, settings.between_tokens_s) + 1

        def trace(event: str, info: dict[str, Any]) -> None:
            secure = event.endswith(".start_tls.complete")
            if secure or event.endswith(".connect_tcp.complete"):
                connection = info["return_value"].get_extra_info("socket")
                if isinstance(connection, socket.socket):
                    exchange.connected(connection)
            if secure:
                exchange.life()

        def before(request: httpx2.Request) -> None:
            request.extensions["trace"] = trace
            for name in list(request.headers):
                if name.startswith(("x-stainless-", "openai-")):
                    del request.headers[name]  # about this machine, or for another server
            request.headers["User-Agent"] = "remembrancer"
            request.headers["Accept-Encoding"] = "identity"
            if not self._key:
                request.headers.pop("Authorization", None)

        def after(response: httpx2.Response) -> None:
            exchange.life()
            bound(response, most_bytes, longest_line, lambda: exchange.stopped)

        http = httpx2.Client(
            timeout=httpx2.Timeout(read_s, connect=settings.alive_s),
            follow_redirects=False,  # it would take the prompt to another server
            trust_env=not settings.is_local,
            verify=self._verify(),
            event_hooks={"request": [before], "response": [after]},
        )
        return openai.OpenAI(
            api_key=self._key.reveal() or "none",
            base_url=settings.base_url,
            max_retries=0,
            http_client=http,
        )


def _pass_on(chunk: Any, exchange: Exchange) -> bool:
    """Tell the exchange what a chunk holds; whether it is the last one."""
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list):
        raise Garbled("sent something that is no chat completion")
    if not choices:
        exchange.life()
        return False
    delta = getattr(choices[0], "delta", None)
    text = getattr(delta, "content", None)
    thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
    if isinstance(text, str) and text:
        exchange.piece(text)
    elif thought:
        exchange.piece("")
    else:
        exchange.life()
    reason = getattr(choices[0], "finish_reason", None)
    if reason == "length":
        exchange.piece(" …")
    return bool(reason)


def _mended(text: str) -> tuple[str, str]:
    """Text without lone surrogates, and a first half kept for the next piece to complete."""
    held = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
    return whole(text[: len(text) - len(held)]), held
