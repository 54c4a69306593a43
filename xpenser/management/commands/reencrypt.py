"""``manage.py reencrypt``: put stored secrets under the first line of ``secret_key``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.services.rotation import secrets_reencrypt
from web.coming_in.factors import factors_reencrypt


class Command(BaseCommand):
    help = "Put the secrets of OAuth and second factors under the first line of secret_key; those below can then go."

    def handle(self, *args: Any, **options: Any) -> None:
        programs, factors = secrets_reencrypt(), factors_reencrypt()
        self.stdout.write(f"{programs.done + factors.done} secrets are under the first line of secret_key.")
        if programs.lost:
            message = f"{programs.lost} secrets are under none of its lines: those programs must be connected anew."
            raise CommandError(message)
        if factors.lost:
            message = f"{factors.lost} second factors are under none of its lines: dropfactors takes them away."
            raise CommandError(message)
