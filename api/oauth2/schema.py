"""What the endpoints of OAuth 2.0 take and answer, for the reference. WIRE.md says more, and why."""

from typing import Final, NotRequired, TypedDict

from api.oauth2 import views
from api.reference.facts import NOTHING, Dialect, Field, Operation


class TokenWire(TypedDict):
    access_token: str
    expires_in: int
    token_type: str
    scope: str
    refresh_token: str


class IntrospectionWire(TypedDict):
    active: bool
    scope: NotRequired[str]
    client_id: NotRequired[str]
    token_type: NotRequired[str]
    exp: NotRequired[int]
    iat: NotRequired[int]


class RefusalWire(TypedDict):
    error: str
    error_description: NotRequired[str]


class MetadataWire(TypedDict):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool


_CLIENT: Final = (
    Field("client_id", "Of a program without a secret; others send theirs by Basic, or both in the form."),
    Field("client_secret", "Of a program that has one, unless it comes by Basic."),
)
_A_TOKEN: Final = Field("token", "An access token or a refresh token of the program's own.", is_needed=True)
_HINT: Final = Field("token_type_hint", "Which of them it is.", ("access_token", "refresh_token"))

DIALECT: Final = Dialect(
    "OAuth 2.0",
    "How a program gets a person's leave (RFC 6749, 7636). He is asked at `/oauth/authorize`.",
    (RefusalWire,),
    {
        views.token: {
            "post": Operation(
                "Exchange a code, or a refresh token, for an access token.", TokenWire,
                form=(
                    Field("grant_type", "What is exchanged.", ("authorization_code", "refresh_token"), is_needed=True),
                    Field("code", "The code that the person's answer brought."),
                    Field("redirect_uri", "The one that was asked with."),
                    Field("code_verifier", "Whose digest was sent as `code_challenge`."),
                    Field("refresh_token", "The last one that was given."),
                    Field("scope", "With a refresh token: fewer scopes than before."),
                    *_CLIENT,
                ),
            ),
        },
        views.revoke: {
            "post": Operation("Revoke a token, and what belongs to it.", NOTHING, form=(_A_TOKEN, _HINT, *_CLIENT)),
        },
        views.introspect: {
            "post": Operation(
                "Tell whether a token still works.", IntrospectionWire, form=(_A_TOKEN, _HINT, *_CLIENT)
            ),
        },
        views.metadata: {"get": Operation("Say where everything is, and what is served (RFC 8414).", MetadataWire)},
    },
)  # fmt: skip
