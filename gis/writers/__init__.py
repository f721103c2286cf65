"""File formats out: one module each."""
