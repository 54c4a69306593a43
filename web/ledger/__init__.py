"""The ledger: one line to add by, and every expense under it, found, corrected and sorted in place."""
