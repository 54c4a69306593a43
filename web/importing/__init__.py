"""Files of other programs on their way into the ledger: brought, looked through, taken in, taken back."""
