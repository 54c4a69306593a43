"""``manage.py devcert``: certificates for names that no public authority will certify to us."""

import re
import shlex
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xpenser.certificates import certificate_issue, files

NAMES = ["xpenser.com", "www.xpenser.com", "localhost", "127.0.0.1", "::1"]

SAID = """\
Certificate  {cert}
  for        {names}
Key          {key}
CA           {ca_cert}

Start the server with:
  TLS_CERT={cert} TLS_KEY={key}
Make clients trust the CA (README, "Point an old client at it", says how on each system):
  Debian     cp {ca_cert} /usr/local/share/ca-certificates/xpenser.crt && update-ca-certificates
  curl       curl --cacert {ca_cert} https://www.xpenser.com/api/
  Python     SSL_CERT_FILE={ca_cert}
The CA's key lies beside it. Whoever has it can pose as any site to those who trust the CA: keep it, or delete it after.
"""


class Command(BaseCommand):
    help = "Make a small CA, and a certificate for the names that old clients have built in. Run again, it renews it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="further host names or IP addresses")
        parser.add_argument("--data", type=Path, default=settings.ENV.data, help="folder that gets a folder tls/")

    def handle(self, *args: Any, names: list[str], data: Path, **options: Any) -> None:
        for name in names:
            if not re.fullmatch(r"[A-Za-z0-9*][A-Za-z0-9.:-]*|:[A-Fa-f0-9:]+", name):
                message = f"{name!r} is neither a host name nor an IP address."
                raise CommandError(message)
        wanted = list(dict.fromkeys([*NAMES, *names]))
        kept = files(data.absolute() / "tls")
        try:
            anew = kept.ca_cert.exists() and not kept.ca_key.exists()
            made = certificate_issue(data.absolute() / "tls", names=wanted, now=timezone.now())
        except OSError as problem:
            message = f"{problem.filename}: {problem.strerror}"
            raise CommandError(message, returncode=2) from None
        paths = {name: shlex.quote(str(path)) for name, path in made._asdict().items()}
        self.stdout.write(SAID.format(names=", ".join(wanted), **paths))
        if anew:
            self.stdout.write(
                "The old CA's key was gone, so a new CA was made: every client must be made to trust it anew."
            )
