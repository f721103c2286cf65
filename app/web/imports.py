"""Imports on the web: addresses for programs and pages for people, on one blueprint."""

from app.web import import_findings_api, import_pictures, import_rows_api, imports_page
from app.web.imports_api import blueprint

__all__ = ["blueprint", "import_findings_api", "import_pictures", "import_rows_api", "imports_page"]
