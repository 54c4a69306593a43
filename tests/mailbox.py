"""A mail server of a test's own: it speaks as much of SMTP as Django asks for, and keeps what it takes."""

import email
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from socketserver import StreamRequestHandler, ThreadingTCPServer


class MailServer(ThreadingTCPServer):
    """``receiver`` and ``data`` are what it says to RCPT and to a whole letter; ``letters``: what it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.receiver, self.data = "250 OK", "250 OK"
        self.letters: list[Message] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"RCPT":
                self.say(self.server.receiver)
            elif word == b"DATA":
                self.say("354 go on")
                self.take()
            else:
                self.say("250 OK")

    def take(self) -> None:
        letter = b"".join(iter(self.rfile.readline, b".\r\n"))
        if self.server.data.startswith("250"):
            self.server.letters.append(email.message_from_bytes(letter))
        self.say(self.server.data)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()
