"""All that a person owns as one file: how it is written, and how one is read that anybody may have changed.

Down is allowed: ``reading`` and ``writing``; ``lines``; ``parts``.
"""
