"""The refusal of who comes too often, or at the wrong moment."""


class Throttled(Exception):
    """Nothing was looked at; ``retry_after`` is in seconds. The words are piston's."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Throttled, wait {retry_after} seconds.")
        self.retry_after = retry_after
