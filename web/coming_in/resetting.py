"""The link by which somebody chooses another password, sent because the operator wishes it."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import get_user_model


def reset_send(*, user_id: int) -> None:
    """Mail a person the link that he would get for a forgotten password."""
    user = get_user_model().objects.get(pk=user_id)
    adapter = get_adapter()
    key = f"{user_pk_to_url_str(user)}-{app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
    said = {"user": user, "password_reset_url": adapter.get_reset_password_from_key_url(key)}
    adapter.send_mail("account/email/password_reset_key", user.get_username(), said)
