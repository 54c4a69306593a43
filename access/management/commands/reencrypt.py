"""``manage.py reencrypt``: put the secrets of OAuth under the first line of ``secret_key``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.services.rotation import secrets_reencrypt


class Command(BaseCommand):
    help = "Put the secrets of OAuth under the first line of secret_key; the lines below it can then go."

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = secrets_reencrypt()
        self.stdout.write(f"{done} secrets are under the first line of secret_key.")
        if lost:
            message = f"{lost} secrets are under none of its lines: those programs must be connected anew."
            raise CommandError(message)
