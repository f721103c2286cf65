"""Where mail is handed over: the address of the mail server, read from the settings."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from app.services.mail import clean_address
from app.settings import Settings

StartTls = Literal["required", "offered", "off"]
_PORTS = {"smtp": 587, "smtps": 465}
NOBODY = "eplan@localhost.localdomain"
"""The sender while neither an address nor a server with a name is set."""


@dataclass(frozen=True)
class MailServer:
    """A mail server.

    Parameters
    ----------
    implicit_tls
        Encrypted from the first byte (``smtps://``).
    starttls
        ``required``, ``offered`` (used when the server has it) or ``off``.
    sender
        Address behind ``From``.
    """

    host: str
    port: int
    implicit_tls: bool
    starttls: StartTls
    user: str
    password: str = field(repr=False)
    sender: str = ""


def mail_server(settings: Settings) -> MailServer | None:
    """The server of the settings; None when none is set.

    A password travels encrypted: with one, STARTTLS is required unless the server is this machine or the address says
    ``?starttls=off``.

    Raises
    ------
    ValueError
        An address that is none; the message names the setting, never the password in it.
    """
    if not settings.smtp_url:
        return None
    parts = urlsplit(settings.smtp_url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    asked = parse_qs(parts.query).get("starttls", [""])[0]
    if (
        parts.scheme not in _PORTS
        or not parts.hostname
        or port == -1
        or asked not in ("", "off", "required", "offered")
    ):
        raise ValueError("EPLAN_SMTP_URL must be smtp://[user:password@]host[:port][?starttls=required|offered|off]"
                         " or smtps://...")  # fmt: skip
    host, user = parts.hostname, unquote(parts.username or "")
    sender = clean_address(settings.mail_from) if settings.mail_from else clean_address(f"eplan@{host}") or NOBODY
    if sender is None:
        raise ValueError("EPLAN_MAIL_FROM must be one mail address")
    careful: StartTls = "required" if user and not _is_here(host) else "offered"
    given: dict[str, StartTls] = {"off": "off", "required": "required", "offered": "offered"}
    return MailServer(
        host=host,
        port=port or _PORTS[parts.scheme],
        implicit_tls=parts.scheme == "smtps",
        starttls=given.get(asked, careful),
        user=user,
        password=unquote(parts.password or ""),
        sender=sender,
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_here(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
