"""SQLite with a queue before its write lock: Django looks for a database of this kind in ``base``."""
