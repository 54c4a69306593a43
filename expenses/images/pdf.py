"""PDF: ISO 32000-1, section 7.5. Kept as it came."""

import re
from typing import Final

from expenses.images.coded import Coded, Damaged

SIGNATURE: Final = re.compile(rb"%PDF-[0-9]\.[0-9]")


def stripped(data: memoryview) -> Coded:
    """Return the document itself, of no size in pixels. Raises Damaged."""
    if b"%%EOF" not in bytes(data[-1024:]):  # as viewers do: PDF Reference 1.7, note 18 in appendix H
        raise Damaged("its end is missing")
    return Coded([data], 0, 0)
