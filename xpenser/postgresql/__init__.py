"""PostgreSQL that hands rows out as they are taken: Django looks for a database of this kind in ``base``."""
