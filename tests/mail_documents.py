"""Small makers of mails, good and bad."""

from email.message import EmailMessage

ENCRYPTED_TEXT = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n-----END PGP MESSAGE-----\n"


def mail(body: str = "The body.", *, subject: str = "A subject") -> EmailMessage:
    """A mail of Ann's to Bob."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Ann Müller <ann@example.com>"
    message["To"] = "Bob <bob@example.com>, carl@example.com"
    message["Cc"] = "dora@example.com"
    message["Date"] = "Mon, 01 Jan 2024 12:00:00 +0000"
    message["Message-ID"] = "<1@example.com>"
    message.set_content(body)
    return message


def headed(headers: bytes, body: bytes) -> bytes:
    """A mail with exactly these headers and body."""
    return b"From: ann@example.com\nMIME-Version: 1.0\n" + headers + b"\n\n" + body


def nested(levels: int) -> bytes:
    """A mail in a mail in a mail, and `hi` in the last one."""
    message = b"Content-Type: text/plain\n\nhi"
    for level in range(levels):
        boundary = b"b%d" % level
        message = (
            b"Content-Type: multipart/mixed; boundary=" + boundary + b"\n\n--" + boundary + b"\n"
            b"Content-Type: message/rfc822\n\n" + message + b"\n--" + boundary + b"--\n"
        )
    return b"Subject: nested\nMIME-Version: 1.0\n" + message
