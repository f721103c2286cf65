"""File formats in: one module each, all giving a ReadResult."""
