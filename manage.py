#!/usr/bin/env python3
import os
import signal
import sys
from contextlib import nullcontext
from typing import NoReturn

# They work on a ledger that is there: on a mistyped XPENSER_DATA they are not to leave the beginnings of another.
ON_A_LEDGER = {"account", "adduser", "backup", "changepassword", "createsuperuser", "deluser", "rates", "reencrypt"}


def end_at_once(*_: object) -> NoReturn:
    """End on Ctrl-C. As an exception it is lost where it meets a library's bare `except`, and the server starts."""
    os.write(2, b"\n")  # the shell's prompt does not belong behind ^C
    os._exit(130)


def main(arguments: list[str]) -> None:
    if arguments[1:2] == ["serve"]:  # until it serves: what it does before, it does again at the next start
        signal.signal(signal.SIGINT, end_at_once)
    os.umask(0o077)  # what we write is one person's money, and a data folder made beforehand may be open to all
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xpenser.settings")
    # Not at the top: loading takes a while, and Ctrl-C may come meanwhile.
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from xpenser import env, secret  # noqa: PLC0415

    try:
        if ON_A_LEDGER.intersection(arguments[1:2]) and not {"-h", "--help"}.intersection(arguments):
            secret.see_one(env.read().data)
        # It only looks, or brings the key of the server that it makes again.
        with secret.passing() if arguments[1:2] == ["restore"] else nullcontext():
            execute_from_command_line(arguments)
    except env.BadEnvironment as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        sys.exit(2)


if __name__ == "__main__":
    try:
        main(sys.argv)
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the shell's prompt does not belong behind ^C  # noqa: T201
        sys.exit(130)
    except EOFError:  # Ctrl-D where one of Django's own commands asks
        sys.exit("\nno answer was given")
