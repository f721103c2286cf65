"""Imports on the web: addresses for programs and pages for people, on one blueprint."""

from app.web import imports_page
from app.web.imports_api import blueprint

__all__ = ["blueprint", "imports_page"]
