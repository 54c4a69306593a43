"""Measures speed, always as a ratio to the raw limit in the same run."""

EMAIL, PASSWORD = "bench@example.com", "a long bench password"
