"""A real mail server on this machine, for tests: it keeps what it takes, and refuses as it is told."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class Post:
    """What the server took: envelope and message."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """As a mail program reads it."""
        return cast(EmailMessage, email.message_from_bytes(self.raw, policy=email.policy.default))

    @property
    def text(self) -> str:
        """The text of the mail."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class Server:
    """The server and what it took. ``refusals``: address -> the answer to it."""

    port: int
    taken: list[Post] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    hang_up_after: int | None = None

    @property
    def url(self) -> str:
        """For ``EPLAN_SMTP_URL``."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Refuse whom we were told to."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Keep it."""
        self.taken.append(Post(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if self.hang_up_after is not None and len(self.taken) >= self.hang_up_after:
            server.transport.abort()
        return "250 taken"

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """One password is right."""
        self.signed_in.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"p@ss word")


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def smtp_server(port: int | None = None, *, password: bool = False) -> Iterator[Server]:
    """Run one until the block ends."""
    server = Server(port or free_port())
    more = {"authenticator": server.authenticate, "auth_required": True, "auth_require_tls": False} if password else {}
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **more)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
