"""Whether a server that says nothing is thinking or dead.

A model may need half a minute to its first word; a server that hangs should cost two seconds. What
tells them apart is a second, small question: a living model server answers it while it thinks.
Asked with the standard library alone, so that it need not wait for the client library to load.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import closing
from urllib.parse import urlsplit

from .api_key import ApiKey
from .model_settings import ModelSettings


def lives(settings: ModelSettings, key: ApiKey) -> bool:
    """Whether the server gives a sign of life within ``alive_s``.

    Over HTTP, that it answers ``GET /models`` with JSON, as a model server does; over HTTPS, that
    it completes a handshake, upon which nothing is sent. Behind a proxy nothing can be told, which
    counts as life.

    Raises:
        ConnectionRefusedError: Nothing listens there.
        socket.gaierror: There is no such host.
        OSError, http.client.HTTPException: It gave no sign of life.
    """
    address = urlsplit(settings.base_url)
    host, secure = address.hostname or "", address.scheme == "https"
    if not settings.is_local and _goes_by_proxy(address.scheme, host):
        return True
    port = address.port or (443 if secure else 80)
    if secure:
        context = ssl.create_default_context()
        context.check_hostname = False  # whether it is the right one is for the request to check
        context.verify_mode = ssl.CERT_NONE
        with (
            socket.create_connection((host, port), settings.alive_s) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    headers = {"User-Agent": "remembrancer"}
    if key:
        headers["Authorization"] = f"Bearer {key.reveal()}"
    with closing(http.client.HTTPConnection(host, port, timeout=settings.alive_s)) as connection:
        connection.request("GET", f"{address.path}/models", headers=headers)
        response = connection.getresponse()
        return response.status < 500 and "json" in response.headers.get("Content-Type", "")


def _goes_by_proxy(scheme: str, host: str) -> bool:
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not proxy_bypass(host)
