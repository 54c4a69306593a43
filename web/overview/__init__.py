"""The overview: what the ledger comes to, in pictures that lead back to its rows."""
