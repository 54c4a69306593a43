"""A whole server in one file: rows in a form that any database reads, receipts, keys (docs/backups.md)."""
