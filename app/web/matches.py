"""Matching with outside files: its blueprint, with the addresses for programs and the pages."""

from app.web import matches_page
from app.web.matches_api import blueprint

__all__ = ["blueprint", "matches_page"]
