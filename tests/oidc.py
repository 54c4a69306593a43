"""A provider of OpenID Connect, as small as may be: it knows one program, and says at once who is at the door."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "ledger", "a secret of the ledger's"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """``person``: the claims of who is at the door; ``says``: what the ID token says otherwise than it should."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://localhost:{self.server_port}"
        self.person: dict[str, Any] = {}
        self.says: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.is_broken = False

    def token(self) -> str:
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": time.time(), "exp": time.time() + 600}
        return jwt.encode({**claims, **self.person, **self.says}, _KEY, algorithm="RS256", headers={"kid": "one"})


class _Handler(BaseHTTPRequestHandler):
    server: Provider
    pages: ClassVar = {
        "/.well-known/openid-configuration": "metadata",
        "/authorize": "authorize",
        "/token": "token",
        "/userinfo": "userinfo",
        "/jwks": "jwks",
    }

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        getattr(self, self.pages[address.path])()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked = {name: values[0] for name, values in parse_qs(body).items()}
        getattr(self, self.pages[self.path])()

    def metadata(self) -> None:
        issuer = self.server.issuer
        ends = {
            f"{name}_endpoint": f"{issuer}/{path}"
            for name, path in (("authorization", "authorize"), ("token", "token"), ("userinfo", "userinfo"))
        }
        self.answer(500 if self.server.is_broken else 200, {"issuer": issuer, "jwks_uri": f"{issuer}/jwks", **ends})

    def authorize(self) -> None:
        self.server.asked = self.asked
        self.send_response(302)
        back = {"code": "a code", "state": self.asked["state"]}
        self.send_header("Location", f"{self.asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def token(self) -> None:
        challenge = hashlib.sha256(self.asked.get("code_verifier", "").encode()).digest()
        is_right = (
            (self.asked["code"], self.asked["client_id"], self.asked["client_secret"])
            == ("a code", CLIENT_ID, CLIENT_SECRET)
            and self.asked["redirect_uri"] == self.server.asked["redirect_uri"]
            and base64.urlsafe_b64encode(challenge).decode().rstrip("=") == self.server.asked["code_challenge"]
        )
        good = {"access_token": "at", "token_type": "Bearer", "id_token": self.server.token()}
        self.answer(200 if is_right else 400, good if is_right else {"error": "invalid_grant"})

    def userinfo(self) -> None:
        self.answer(200, self.server.person)

    def jwks(self) -> None:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_KEY.public_key()))
        self.answer(200, {"keys": [{**key, "kid": "one", "alg": "RS256"}]})

    def answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the test does."""


@contextmanager
def provider() -> Iterator[Provider]:
    """Give a provider that listens."""
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
