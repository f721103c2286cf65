"""Matching with outside files: its blueprint, with the addresses for programs and the pages."""

from app.web import matches_page as _matches_page  # noqa: F401
from app.web.matches_api import blueprint

__all__ = ["blueprint"]
