"""moto's S3 server behind a door that looks at signatures.

moto looks at them itself, by keys, users and rights of a service that takes half a minute to load. No Django here: it
is to be there at once.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Final

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION: Final = "eu-central-1"
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def main(port: str, key: str, secret: str) -> None:
    from moto.moto_server.werkzeug_app import create_backend_app
    from werkzeug.serving import run_simple

    run_simple("127.0.0.1", int(port), signed_only(create_backend_app("s3"), key, secret), threaded=True)


def signed_only(inner: Application, key: str, secret: str) -> Application:
    """Let in what is signed with this key, version 4, and has the content that was signed."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if refusal := refused(environ, body, key, secret):
            start_response("403 Forbidden", [("Content-Type", "application/xml")])
            return [f"<Error><Code>{refusal}</Code></Error>".encode()]
        return inner({**environ, "wsgi.input": BytesIO(body)}, start_response)

    return outer


def refused(environ: dict[str, Any], body: bytes, key: str, secret: str) -> str:
    """Return S3's code for what is wrong with a request, or "" where nothing is."""
    scheme, _, rest = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    said = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme != "AWS4-HMAC-SHA256":
        return "AccessDenied"
    if said["Credential"].partition("/")[0] != key:
        return "InvalidAccessKeyId"
    if environ["HTTP_X_AMZ_CONTENT_SHA256"] != hashlib.sha256(body).hexdigest():
        return "XAmzContentSHA256Mismatch"
    names = {name: f"HTTP_{name.upper().replace('-', '_')}" for name in said["SignedHeaders"].split(";")}
    headers = {name: environ.get(kept, environ.get(kept.removeprefix("HTTP_"))) for name, kept in names.items()}
    url = f"http://{environ['HTTP_HOST']}{environ['RAW_URI']}"
    request = AWSRequest(environ["REQUEST_METHOD"], url, headers, body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials(key, secret), "s3", REGION)
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return "" if signature == said["Signature"] else "SignatureDoesNotMatch"


if __name__ == "__main__":
    main(*sys.argv[1:])
