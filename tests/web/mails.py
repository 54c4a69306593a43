"""What came by mail."""

import re

from django.conf import settings
from django.core import mail


def link_in_mail(to: str) -> str:
    """Return the path of the one link in the only mail there is, having seen to whom it went and where it leads."""
    (message,) = mail.outbox
    assert message.to == [to]
    assert message.from_email == settings.DEFAULT_FROM_EMAIL
    (link,) = re.findall(r"^https?://.*$", str(message.body), re.MULTILINE)
    assert link.startswith(f"{settings.PUBLIC_URL}/")
    mail.outbox.clear()
    return str(link.removeprefix(settings.PUBLIC_URL))
