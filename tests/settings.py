"""The product's settings, in a data folder that lasts as long as the run; each process of a run has its own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "XPENSER_DATA" not in os.environ:
    os.environ["XPENSER_DATA"] = tempfile.mkdtemp(prefix="xpenser-tests-")
    atexit.register(shutil.rmtree, os.environ["XPENSER_DATA"], ignore_errors=True)
# Where the processes of a run find what one of them has made for all.
os.environ.setdefault("XPENSER_TESTS_SHARED", os.environ["XPENSER_DATA"])
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["XPENSER_DATA"] = str(Path(os.environ["XPENSER_DATA"], os.environ["PYTEST_XDIST_WORKER"]))

from xpenser.settings import *  # noqa: F403
from xpenser.settings import SQLITE, STORAGES

# Names with a hash in them come from `collectstatic`, which `serve` runs, and the tests of the real process see.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
SQLITE["TEST"] = {"NAME": ":memory:"}  # pytest-django takes Django's own SQLite only for one that can be there
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
MAILER = "django.core.mail.backends.locmem.EmailBackend"  # pytest-django lets none be queued
PASSWORD_HASHERS = ["tests.hashers.QuickHasher", "accounts.hashers.SecretHasher"]
