"""The product's settings, with two doors more: ``bench.doors``."""

from xpenser.settings import *  # noqa: F403

ROOT_URLCONF = "bench.doors"
