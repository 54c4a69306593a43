"""The tables of django-tasks-db, as of the version that is pinned."""
