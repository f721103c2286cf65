"""What search engines may read: pages for the public, and nothing that answers programs or belongs to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, current_app

from app.web.endpoint import Access, declaration_of, page_route
from app.web.public_site import site_address

blueprint = Blueprint("robots", __name__)

# Files for programs and for the map: a crawler would ask for each of a million projects and tiles.
_PROGRAMS = ("/api/", "/tiles/", "/healthz", "/readyz")
# Of the sign-in extension, which declares nothing.
_SIGN_IN = ("/login", "/logout", "/verify")
# Forms and what belongs to one citizen.
_CITIZENS = ("/public/*/ask", "/public/questions/", "/public/subscriptions/", "/public/follow", "/public/near")


@page_route(blueprint, "/robots.txt", access=Access.PUBLIC)
def robots() -> Response:
    """The Robots Exclusion Protocol (RFC 9309); what is not named may be read."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in kept_from_crawlers(current_app))]
    lines.append(f"Sitemap: {site_address()}/sitemap.xml")
    answer = Response("\n".join(lines) + "\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


def kept_from_crawlers(app: Flask) -> list[str]:
    """Paths that crawlers are asked to leave alone, with ``*`` for whatever stands in their place."""
    return sorted({*_PROGRAMS, *_SIGN_IN, *_CITIZENS, *_personal(app)})


def _personal(app: Flask) -> Iterator[str]:
    """Pages that nobody sees without signing in: the table of addresses itself says which."""
    for rule in app.url_map.iter_rules():
        declared = declaration_of(app.view_functions[rule.endpoint])
        if declared is None or "GET" not in declared.methods or rule.rule.startswith(_PROGRAMS):
            continue
        if declared.access is Access.SIGNED_IN:
            yield re.sub(r"<[^<>]+>", "*", rule.rule)
