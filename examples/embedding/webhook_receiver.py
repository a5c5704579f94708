"""A platform is told by webhook what happens, and acts on each event once.

With an engine that runs here (``coopflow dev``), which is to be started with
``COOPFLOW_WEBHOOKS_ALLOW_PRIVATE=true`` since this listens on loopback::

    coopflow webhook add valdore http://127.0.0.1:8099/     # writes a secret
    WEBHOOK_SECRET=whsec_… python examples/embedding/webhook_receiver.py 8099

Three things make a receiver a good one. It verifies each message, with the library of Standard
Webhooks. It answers at once, and with success only when the event is safe with it: else the event
comes again. And it acts on an event once, however often it comes: the events it knows are kept in
the same transaction as what it does.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

LARGEST = 1_000_000


class Ledger:
    """What this platform makes of events: how far each cooperation has come, as a page shows it."""

    def __init__(self, file: Path) -> None:
        """Keep it in a file."""
        self._database = sqlite3.connect(file)
        self._database.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS latest (cooperation TEXT PRIMARY KEY, seq INT, type TEXT)"
        )

    def take(self, event: dict[str, Any]) -> bool:
        """Act on an event, and say whether it is new. All of it is kept, or nothing."""
        with self._database:
            known = "INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING"
            is_new = self._database.execute(known, [event["id"]]).rowcount == 1
            if is_new and "seq" in event:
                # Events of a cooperation may overtake each other: `seq` says which is the later.
                self._database.execute(
                    "INSERT INTO latest VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET seq = excluded.seq, type = excluded.type WHERE excluded.seq > latest.seq",
                    [event["subject"], event["seq"], event["type"]],
                )
        return is_new

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def receiver(port: int, secret: str, ledger: Ledger) -> HTTPServer:
    """Return a server that takes webhooks on loopback."""
    webhook = Webhook(secret)

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if length > LARGEST:
                self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return
            try:
                event = webhook.verify(self.rfile.read(length), dict(self.headers.items()))
            except (WebhookVerificationError, ValueError):
                self.send_error(HTTPStatus.UNAUTHORIZED)
                return
            is_new = ledger.take(event)
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()
            told = event.get("subject", event["id"])
            print("new  " if is_new else "known", event["type"], told, event.get("seq", ""))
            sys.stdout.flush()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Write nothing: what comes is told above."""

    return HTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Listen until interrupted."""
    file = Path(os.environ.get("RECEIVER_FILE", "received.db"))
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with (
        closing(Ledger(file)) as ledger,
        receiver(port, os.environ["WEBHOOK_SECRET"], ledger) as server,
    ):
        print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
