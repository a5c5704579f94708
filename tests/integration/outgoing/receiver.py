"""A receiver of webhooks on loopback, which answers as a test says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Reply:
    """What is answered: a status, headers and a body; or whatever ``act`` does with the handler."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    act: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class Message:
    """What was received."""

    path: str
    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> dict[str, Any]:
        """Return what it says, once the library for receivers has verified it."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return found


class Receiver:
    """Keeps what it receives.

    Attributes:
        url: where it listens.
        messages: what it received, in order.
        replies: what it answers to the next messages; then, and without any, ``usual``.
        usual: what it answers otherwise.
    """

    def __init__(self, url: str) -> None:
        """Be there, empty."""
        self.url = url
        self.messages: list[Message] = []
        self.replies: list[Reply] = []
        self.usual = Reply()
        self._came = threading.Condition()

    async def until(self, count: int, seconds: float = 10.0) -> None:
        """Wait until it has received so many messages."""

        def wait() -> bool:
            with self._came:
                return self._came.wait_for(lambda: len(self.messages) >= count, seconds)

        assert await asyncio.to_thread(wait), f"{len(self.messages)} of {count} came"

    def take(self, message: Message) -> Reply:
        """Keep a message, and say what to answer."""
        with self._came:
            self.messages.append(message)
            self._came.notify_all()
            return self.replies.pop(0) if self.replies else self.usual


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(Message(self.path, headers, body))
            if reply.act is not None:
                reply.act(self)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Write nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Let go of senders that have hung up."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
