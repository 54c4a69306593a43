"""Requests in pieces, sent to a server that is starting or ending."""

import base64
import socket
from contextlib import closing

from tests.callers import PATIENCE
from tests.live import LiveServer

FIRST_ACCOUNT = {"XPENSER_EMAIL": "first@example.com", "XPENSER_PASSWORD": "correct horse"}


def ask(server: LiveServer, request: bytes, timeout: float = PATIENCE) -> bytes:
    with closing(sent(server, request, timeout)) as client:
        return rest(client)


def sent(server: LiveServer, request: bytes, timeout: float = PATIENCE) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout)
    client.sendall(request)
    return client


def rest(client: socket.socket) -> bytes:
    pieces = b""
    while piece := client.recv(65536):
        pieces += piece
    return pieces


def expense_posted(email: str, password: str, *, chunked: bool = True) -> tuple[bytes, bytes]:
    """Return a request that records an expense, in two parts: the first leaves the server waiting for the second."""
    credentials = base64.b64encode(f"{email}:{password}".encode()).decode()
    head = (
        "POST /api/v1.0/expense/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Basic {credentials}\r\nContent-Type: application/json\r\n"
    )
    if chunked:
        return f'{head}Transfer-Encoding: chunked\r\n\r\nc\r\n{{"q": "lunch\r\n'.encode(), b'5\r\n 45"}\r\n0\r\n\r\n'
    return f'{head}Content-Length: 17\r\n\r\n{{"q": "lunch'.encode(), b' 45"}'
