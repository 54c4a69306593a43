#!/usr/bin/env python3
import os
import sys

from xpenser.env import BadEnvironment

if __name__ == "__main__":
    os.umask(0o077)  # what we write is one person's money, and a data folder made beforehand may be open to all
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xpenser.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except BadEnvironment as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        sys.exit(2)
