"""The toolkit's answers to oauthlib's questions, where ours differ (OAUTH2_VALIDATOR_CLASS)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2 import InvalidClientError, InvalidGrantError

from access.redirects import redirect_matches
from access.selectors.applications import introspection
from access.selectors.tokens import WrongToken
from access.services.oauth2 import (
    NotGiven,
    approval_hold,
    approval_note,
    code_take,
    code_used_again,
    refresh_token_take,
)


class Validator(OAuth2Validator):  # type: ignore[misc]  # the toolkit is not typed
    """Each answer says why the toolkit's own does not do. What it finds out it leaves on the request, untyped."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Two names in one request are nobody's; oauthlib would speak of a fault of the server."""
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        return request.client_id in {None, "", request.client.client_id}

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """The toolkit compares parsed parts, and lets any client choose its port."""
        client = request.client
        return redirect_matches(redirect_uri, client.redirect_uris.split(), is_confidential=_is_confidential(client))

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """A code is a person's yes; it is noted with it, for tokens to stand on.

        What only OpenID Connect knows is not kept, whatever its length.
        """
        request.nonce = request.claims = None
        with transaction.atomic():
            approval_note(user_id=request.user.pk, application_id=request.client.pk, now=datetime.now(UTC))
            super().save_authorization_code(client_id, code, request, *args, **kwargs)

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """The toolkit refuses a code's second use, and leaves alone what the first one gave."""
        if super().validate_code(client_id, code, client, request, *args, **kwargs):
            return bool(request.user.is_active)
        code_used_again(code=code)
        return False

    def get_code_challenge(self, code: str, request: Any) -> Any:
        with _code_lasting(code, request):
            return super().get_code_challenge(code, request)

    def get_code_challenge_method(self, code: str, request: Any) -> Any:
        with _code_lasting(code, request):
            return super().get_code_challenge_method(code, request)

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        with _code_lasting(code, request):
            return bool(super().confirm_redirect_uri(client_id, code, redirect_uri, client, request, *args, **kwargs))

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """The toolkit does not look whether the account is closed."""
        found = super().validate_refresh_token(refresh_token, client, request, *args, **kwargs)
        return bool(found and request.user.is_active)

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Exchange and issue in one transaction: of two who come with the same code or token, one gets something.

        The toolkit checks first and takes later.
        """
        try:
            with transaction.atomic():
                self._exchange(token, request, *args, **kwargs)
        except NotGiven:
            self._tell_of_second_use(request)
            raise InvalidGrantError(request=request) from None

    def _exchange(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        approval_hold(user_id=request.user.pk, application_id=request.client.pk)
        if request.grant_type == "refresh_token":
            refresh_token_take(refresh_token_id=request.refresh_token_instance.pk)
        super().save_bearer_token(token, request, *args, **kwargs)
        if request.grant_type == "authorization_code":
            code_take(
                code=request.code,
                application_id=request.client.pk,
                refresh_token=token["refresh_token"],
                now=datetime.now(UTC),
            )

    def _tell_of_second_use(self, request: Any) -> None:
        if request.grant_type == "refresh_token":
            super().validate_refresh_token(request.refresh_token, request.client, request)
        else:
            code_used_again(code=request.code)

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """It was, in the transaction that stored its tokens."""

    def introspect_token(self, token: str, token_type_hint: str | None, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The toolkit tells whoever holds a token of scope "introspection" about everybody's.

        Here a program hears of its own, and shows a secret first (RFC 7662 §2.1), which public ones have none of.
        """
        if not _is_confidential(request.client):
            raise InvalidClientError(request=request)
        try:
            about = introspection(token=token, application_id=request.client.pk, now=datetime.now(UTC))
        except WrongToken:
            return None
        return {
            "scope": about.scope,
            "client_id": request.client.client_id,
            "token_type": "Bearer",
            "exp": about.expires,
            "iat": about.issued,
        }


@contextmanager
def _code_lasting(code: str, request: Any) -> Iterator[None]:
    """The toolkit looks each answer up anew; somebody who came with the code at the same moment may have used it up."""
    try:
        yield
    except ObjectDoesNotExist:
        code_used_again(code=code)
        raise InvalidGrantError(request=request) from None


def _is_confidential(client: Any) -> bool:
    return bool(client.client_type == client.CLIENT_CONFIDENTIAL)
