"""A model server on this machine that speaks the protocol, or misbehaves as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ("Your ", "dog ", "is ", "Biscuit.")


def chunk(text: str = "", **more: Any) -> bytes:
    """One event of a streamed chat completion."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": None}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    return b"data: " + json.dumps({**body, "choices": [{**choice, **more}]}).encode() + b"\n\n"


END = chunk(finish_reason="stop") + b"data: [DONE]\n\n"


class ModelServer(ThreadingHTTPServer):
    """Records what it is asked; ``mood`` says how it answers a chat."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mood = "well"
        self.lists_models = True
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.left = threading.Event()  # somebody hung up on it
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up; that is what is tested."""
        self.left.set()


class Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        if not self.server.lists_models:
            self.server.over.wait(20)
            return
        models = [{"id": name, "object": "model"} for name in ("small", "large")]
        self.send_json(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        getattr(self, "answer_" + self.server.mood)()

    def send_json(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def begin(self, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def write(self, *parts: bytes) -> None:
        for part in parts:
            self.wfile.write(part)
            self.wfile.flush()

    def hang(self) -> None:
        """Say nothing more, until the client leaves or the test is over."""
        self.connection.settimeout(0.05)
        while not self.server.over.is_set():
            try:
                if not self.connection.recv(1):
                    self.server.left.set()
                    return
            except TimeoutError:
                continue
            except OSError:
                self.server.left.set()
                return

    # Moods

    def answer_well(self) -> None:
        self.begin()
        self.write(*map(chunk, WORDS), END)

    def answer_without_done(self) -> None:
        self.begin()
        self.write(*map(chunk, WORDS), chunk(finish_reason="stop"))

    def answer_too_long(self) -> None:
        self.begin()
        self.write(chunk("Once upon"), chunk(finish_reason="length"), b"data: [DONE]\n\n")

    def answer_hanging(self) -> None:
        self.hang()

    def answer_hanging_midway(self) -> None:
        self.begin()
        self.write(chunk("Your dog "))
        self.hang()

    def answer_slowly(self) -> None:
        time.sleep(2.5)
        self.answer_well()

    def answer_failing(self) -> None:
        self.send_json(500, {"error": {"message": "out of memory", "type": "server_error"}})

    def answer_refusing_the_key(self) -> None:
        key = self.headers.get("Authorization", "")
        self.send_json(401, {"error": {"message": f"bad key {key}"}})

    def answer_repeating_the_key(self) -> None:
        key = self.headers.get("Authorization", "")
        self.send_json(400, {"error": {"message": f"you sent {key}"}})

    def answer_cut_at_the_first_byte(self) -> None:
        self.connection.close()

    def answer_cut_midway(self) -> None:
        self.begin()
        self.write(chunk("Your dog "))

    def answer_cut_inside_a_chunk(self) -> None:
        self.protocol_version = "HTTP/1.1"
        self.begin(Transfer_Encoding="chunked")
        piece = chunk("Your dog ")
        self.write(b"%x\r\n" % len(piece) + piece + b"\r\n", b"ff\r\nda")
        self.connection.close()

    def answer_in_bytes_that_are_no_text(self) -> None:
        self.begin()
        self.write(chunk("Your dog "), b"data: \xff\xfe\x80\x81\n\n", END)

    def answer_in_a_made_up_encoding(self) -> None:
        self.begin(Content_Encoding="rot13")
        self.write(chunk("Lbhe qbt "), END)

    def answer_in_a_bomb(self) -> None:
        import gzip

        self.begin(Content_Encoding="gzip")
        self.write(gzip.compress(b"\0" * (50 << 20)))

    def answer_what_is_no_json(self) -> None:
        self.begin()
        self.write(b"data: {nonsense\n\n")

    def answer_what_is_no_completion(self) -> None:
        self.begin()
        self.write(b"data: 42\n\n", b"data: []\n\n", b'data: {"choices": "many"}\n\n')

    def answer_a_web_page(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.write(b"<html>hello</html>")

    def answer_an_error_midway(self) -> None:
        self.begin()
        self.write(chunk("Your dog "), b'data: {"error": {"message": "context is full"}}\n\n')

    def answer_ten_megabytes_at_once(self) -> None:
        self.begin()
        self.write(b"data: " + b"a" * (10 << 20))

    def answer_ten_megabytes_of_words(self) -> None:
        self.begin()
        many = chunk("word " * 2000)
        for _ in range(1000):
            self.write(many)

    def answer_a_huge_failure(self) -> None:
        self.send_response(500)
        self.end_headers()
        self.write(b"x" * (10 << 20))

    def answer_nothing(self) -> None:
        self.begin()
        self.write(END)

    def answer_elsewhere(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"http://localhost:{self.server.server_port}/v1/elsewhere")
        self.end_headers()

    def answer_in_halves_of_an_emoji(self) -> None:
        self.begin()
        first, second = chunk("dog \ud83d"), chunk("\udc36!")
        self.write(first, second, chunk(" \ud800 end"), END)

    def answer_after_thinking(self) -> None:
        self.begin()
        for _ in range(6):
            self.write(chunk(delta={"reasoning_content": "hmm"}))
            time.sleep(0.2)
        self.write(chunk("Biscuit."), END)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A server for the time of a test."""
    server = ModelServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
