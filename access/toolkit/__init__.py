"""The tables of django-oauth-toolkit, as of the version that is pinned."""
