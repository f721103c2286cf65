"""What every answer carries: receipt, security headers, cache rules, a renewed session."""

from __future__ import annotations

import time

from flask import Flask, Response, request, session

from app.auth.identity import UNATTENDED
from app.web.context import receipt

# Styles may stand in attributes (a bar's width is data); scripts and style sheets come from files of ours only.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_RENEW_AFTER_S = 300
_SEEN = "eplan_seen"


def register_hooks(app: Flask, *, https_only: bool) -> None:
    """Attach the hooks."""

    @app.before_request
    def renew_session() -> None:
        if request.path.startswith(("/tiles/", "/static/", UNATTENDED)) or not session.permanent:
            return
        now = int(time.time())
        if now - int(session.get(_SEEN, 0)) > _RENEW_AFTER_S:
            session[_SEEN] = now

    @app.after_request
    def finish(answer: Response) -> Response:
        answer.headers.setdefault("X-Request-Id", receipt())
        for name, value in SECURITY_HEADERS.items():
            answer.headers.setdefault(name, value)
        if https_only:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in answer.headers and not request.path.startswith("/static/"):
            # Pages and lists depend on who asks; whoever knows better (tiles) says so.
            answer.headers["Cache-Control"] = "private, no-cache"
        return answer
