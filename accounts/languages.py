"""Languages in which pages and mails speak."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""By ISO 639-1 code what each calls itself."""
