"""What the ledger announces to whoever works for it: inside the transaction in which it comes to be."""

from typing import Final

from django.dispatch import Signal

receipts_came: Final = Signal()
"""Sent with the names (``images``) of stored pictures that become receipts."""
