"""The outbox handed to the mail server: a mail a transaction, so that what was sent is known to be sent."""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from app.db import Database
from app.services import mail
from app.services.mail import Outgoing
from app.services.mail_server import MailServer, mail_server
from app.settings import Settings

log = logging.getLogger(__name__)

TIMEOUT_S = 20.0
PERMANENT = 500


def send_mail(database: Database, settings: Settings, stopping: threading.Event) -> int:
    """Send what is due; how many were sent.

    Nothing is lost: what a server refuses for now, or while it is away, waits; what it refuses for good is kept as such.
    """
    with database.transaction() as session:
        mail.close_old(session)
        due = mail.anything_due(session)
    if not due:
        return 0
    try:
        server = mail_server(settings)
        if server is None:
            return 0
        connection = connect(server)
    except (OSError, ValueError) as error:
        with database.transaction() as session:
            count = mail.postpone_all(session, _words(error))
        log.warning("the mail server does not take mail (%s); %s wait", _words(error), count)
        return 0
    try:
        return _send_all(database, connection, server, stopping)
    finally:
        _quit(connection)


def connect(server: MailServer) -> smtplib.SMTP:
    """A conversation with the server, encrypted and signed in as its address says.

    Raises
    ------
    OSError
        (``smtplib.SMTPException`` is one.) It does not answer, does not encrypt although it has to, or does not know the password.
    """
    tls = ssl.create_default_context()
    if server.implicit_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=tls)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        connection.ehlo_or_helo_if_needed()
        if not server.implicit_tls and server.starttls != "off":
            if connection.has_extn("starttls"):
                connection.starttls(context=tls)
                connection.ehlo()
            elif server.starttls == "required":
                raise smtplib.SMTPNotSupportedError("the server does not offer STARTTLS")
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _send_all(database: Database, connection: smtplib.SMTP, server: MailServer, stopping: threading.Event) -> int:
    count = 0
    while not stopping.is_set():
        with database.transaction() as session:
            taken = mail.take(session)
        if taken is None:
            break
        try:
            connection.send_message(message_of(taken, server), server.sender, [taken.recipient])
        except (OSError, ValueError) as error:
            with database.transaction() as session:
                (mail.give_up if _for_good(error) else mail.try_again)(session, taken, _words(error))
            log.warning("mail %s was not taken: %s", taken.id, _words(error))
            if _is_gone(error):
                break
            continue
        with database.transaction() as session:
            mail.sent(session, taken)
        count += 1
    return count


def message_of(taken: Outgoing, server: MailServer) -> EmailMessage:
    """The mail as it goes over the wire: the same at every try, its ``Message-ID`` too."""
    message = EmailMessage()
    message["From"] = Address("e-Plan", addr_spec=server.sender)
    message["To"] = Address(addr_spec=taken.recipient)
    message["Subject"] = taken.subject
    message["Date"] = format_datetime(taken.created_at)
    domain = server.sender.rpartition("@")[2]
    message["Message-ID"] = f"<eplan.{taken.id}.{taken.created_at:%Y%m%d%H%M%S%f}@{domain}>"
    # So that holiday notes and other machines do not answer.
    message["Auto-Submitted"] = "auto-generated"
    if taken.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{taken.unsubscribe_url}>"
    message.set_content(taken.body_text, charset="utf-8")
    if taken.body_html is not None:
        message.add_alternative(taken.body_html, subtype="html", charset="utf-8")
    return message


def _for_good(error: Exception) -> bool:
    """Whether trying again is of no use: this mailbox or this mail is refused for good. A refused sender or password
    is the operator's to mend, and the mail waits for that."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= PERMANENT
    return isinstance(error, ValueError)


def _is_gone(error: Exception) -> bool:
    """Whether the conversation is over: the network failed, or the server hung up."""
    of_the_protocol = isinstance(error, smtplib.SMTPException)
    return isinstance(error, smtplib.SMTPServerDisconnected) or (isinstance(error, OSError) and not of_the_protocol)


def _words(error: Exception) -> str:
    """What happened, with what the server said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(reply)}" for code, reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    return f"{type(error).__name__}: {error}"


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _quit(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except OSError:
        connection.close()
