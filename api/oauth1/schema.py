"""What the doors of OAuth 1.0 take and answer, for the reference. WIRE.md says more, and why."""

from typing import Final

from api.oauth1 import views
from api.reference.facts import TEXT, Dialect, Files, Operation

_TOKEN: Final = Files(("application/x-www-form-urlencoded",))
_REQUEST: Final = Operation("Ask for a request token, with a signature (RFC 5849 §2.1).", _TOKEN)
_ACCESS: Final = Operation("Exchange a request token that was allowed, with a signature (RFC 5849 §2.3).", _TOKEN)

DIALECT: Final = Dialect(
    "OAuth 1.0a",
    "How an older program gets a person's leave. He is asked at `/oauth/authorize`.",
    (TEXT,),
    {
        views.RequestTokenView: {"get": _REQUEST, "post": _REQUEST},
        views.AccessTokenView: {"get": _ACCESS, "post": _ACCESS},
    },
)
