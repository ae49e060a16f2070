"""The text of mails."""

import base64
import binascii
import os
import quopri
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from octavo_server.domain.jobs import Progress
from octavo_server.domain.limits import MIB
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError
from octavo_server.extractors.chain import read_member
from octavo_server.extractors.mail import PARTS_MAX, Mail
from octavo_server.extractors.mime.attachments import ATTACHMENT_BYTES_MAX, ATTACHMENTS_BYTES_MAX
from octavo_server.extractors.mime.recognition import is_mail
from tests import documents
from tests.mail_documents import ENCRYPTED_TEXT, headed, mail, nested

CHARS_MAX = 1_000_000
Reader = Callable[..., Extracted]
NEW_YEAR_2024 = 1_704_110_400


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Reader]:
    descriptors: list[int] = []

    def reader(
        given: EmailMessage | bytes,
        *,
        chars_max: int = CHARS_MAX,
        progress: list[Progress] | None = None,
    ) -> Extracted:
        path = tmp_path / f"mail{len(descriptors)}"
        path.write_bytes(given if isinstance(given, bytes) else given.as_bytes())
        descriptors.append(os.open(path, os.O_RDONLY))
        document = Document(descriptor=descriptors[-1], name="mail.eml")
        report = ([] if progress is None else progress).append
        return Mail(read_member=read_member).extract(document, chars_max=chars_max, report=report)

    yield reader
    for descriptor in descriptors:
        os.close(descriptor)


def test_a_mail_is_its_headers_and_its_body(read: Reader) -> None:
    assert read(mail("First line.\n\nSecond line.")).text == (
        "Subject: A subject\nFrom: Ann Müller <ann@example.com>\nTo: Bob <bob@example.com>, carl@example.com\n"
        "Cc: dora@example.com\nDate: Mon, 01 Jan 2024 12:00:00 +0000\nMessage-ID: <1@example.com>\n\n"
        "First line.\n\nSecond line."
    )


def test_a_mail_says_who_wrote_it_when_and_about_what(read: Reader) -> None:
    metadata = read(mail()).metadata
    assert metadata.media_type == "message/rfc822"
    assert metadata.title == "A subject"
    assert metadata.author == "Ann Müller <ann@example.com>"
    assert metadata.create_time == NEW_YEAR_2024
    assert metadata.more["cc"] == "dora@example.com"


def test_of_html_and_plain_text_that_say_the_same_html_is_read(read: Reader) -> None:
    message = mail("plain words")
    message.add_alternative("<p>rich <b>wor</b>ds</p><p>more</p>", subtype="html")
    assert read(message).text.endswith("\n\nrich words\nmore")


def test_plain_text_is_read_where_the_html_has_no_words(read: Reader) -> None:
    message = mail("plain words")
    message.add_alternative('<img src="cid:1">', subtype="html")
    assert read(message).text.endswith("\n\nplain words")


def test_an_invitation_beside_the_text_does_not_replace_it(read: Reader) -> None:
    message = mail("Come at noon.")
    message.add_alternative("BEGIN:VCALENDAR", subtype="calendar")
    assert read(message).text.endswith("\n\nCome at noon.")


def test_style_sheets_and_scripts_are_no_text(read: Reader) -> None:
    page = b"<style>p { color: red }</style><p>Shown.</p><script>run()</script>"
    assert read(headed(b"Content-Type: text/html", page)).text.endswith("\n\nShown.")


def test_attachments_that_are_text_are_read_and_others_named(read: Reader) -> None:
    message = mail()
    message.add_attachment("attached words", filename="notes.txt")
    message.add_attachment("<p>attached page</p>", subtype="html", filename="page.html")
    message.add_attachment(b"\x80", maintype="application", subtype="x-odd", filename="odd.bin")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="photo.png")
    extracted = read(message)
    assert "Attachment: notes.txt\nattached words" in extracted.text
    assert "Attachment: page.html\nattached page" in extracted.text
    assert extracted.text.endswith("Attachment: odd.bin\n\nAttachment: photo.png")
    assert extracted.warnings == ("1 attachments are of a type that has no text here: odd.bin",)


def test_attached_documents_are_read_behind_their_names(read: Reader) -> None:
    message = mail()
    message.add_attachment(documents.pdf(["A page."]), maintype="application", subtype="pdf", filename="report.pdf")
    message.add_attachment(documents.word(["A letter."]), maintype="application", subtype="octet-stream")
    bundle = documents.archive({"notes.txt": b"A note.", "report.pdf": documents.pdf(["Another page."])})
    message.add_attachment(bundle, maintype="application", subtype="zip", filename="bundle.zip")
    extracted = read(message)
    assert "Attachment: report.pdf\nA page.\n\nAttachment: application/octet-stream\n" in extracted.text
    assert "\nA letter.\n\nAttachment: bundle.zip\nnotes.txt\nA note.\n\nreport.pdf\nAnother page." in extracted.text
    assert extracted.warnings == ()


def test_an_attachment_that_can_not_be_read_is_named_and_told(read: Reader) -> None:
    message = mail()
    for name, data in (("a.pdf", documents.garbage_pdf()), ("b.pdf", documents.encrypted_pdf())):
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    extracted = read(message)
    assert extracted.text.endswith("Attachment: a.pdf\n\nAttachment: b.pdf")
    assert extracted.warnings[0].startswith("a.pdf: the document is damaged or not a PDF")
    assert extracted.warnings[1] == "b.pdf: the PDF is encrypted"


def test_large_attachments_are_named_and_told(read: Reader) -> None:
    small_enough = ATTACHMENT_BYTES_MAX - 1_000_000
    parts = [
        b"--b\nContent-Type: application/pdf; name=%d.pdf\n\n%%PDF-%b\n" % (n, bytes(small_enough)) for n in range(5)
    ]
    parts.append(b"--b\nContent-Type: application/pdf; name=large.pdf\n\n" + bytes(ATTACHMENT_BYTES_MAX + 10) + b"\n")
    warnings = read(headed(b"Content-Type: multipart/mixed; boundary=b", b"".join(parts) + b"--b--")).warnings
    together = f"the attachments together have more than {ATTACHMENTS_BYTES_MAX // MIB} MB"
    assert warnings[-2] == f"4.pdf: {together}; its text was left out"
    assert warnings[-1] == f"large.pdf: it has more than {ATTACHMENT_BYTES_MAX // MIB} MB; its text was left out"


def test_attachments_with_more_text_than_may_be_end_the_reading(read: Reader) -> None:
    message = mail()
    message.add_attachment(documents.word(["word " * 500]), maintype="application", subtype="x", filename="a.docx")
    with pytest.raises(RefusalError, match="more than 1,000 characters"):
        read(message, chars_max=1_000)


def test_a_forwarded_mail_is_read_with_its_headers(read: Reader) -> None:
    message = mail()
    message.add_attachment(mail("The older body.", subject="Older"))
    assert read(message).text.partition("The body.\n\n")[2].startswith("Subject: Older\nFrom: Ann")
    assert read(message).text.endswith("\n\nThe older body.")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "koi8-r", "iso-2022-jp", "gb2312", "utf-16"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_body_is_decoded_as_it_declares(read: Reader, charset: str, encoding: str) -> None:
    words = {"koi8-r": "Привет, мир", "iso-2022-jp": "日本語です", "gb2312": "你好"}.get(charset, "größer als früher")
    message = EmailMessage()
    message["Subject"] = words
    message.set_content(words.encode(charset), maintype="text", subtype="plain", cte=encoding)
    message.set_param("charset", charset)
    assert read(message).text == f"Subject: {words}\n\n{words}"


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        (b"=?iso-8859-1?Q?caf=E9_au?= =?iso-8859-1?Q?_lait?=", "café au lait"),
        (b"=?utf-8?b?w6Q=?= and =?UTF-8*de?q?=C3=B6?=", "ä and ö"),
        (b"=?utf-8?q?=C3?= =?utf-8?q?=A4?=", "ä"),
        (b"caf\xc3\xa9 in UTF-8", "café in UTF-8"),
        (b"caf\xe9 ol\xe9 in no declared encoding", "café olé in no declared encoding"),
        (b"one\xe2\x80\xa8line\xc2\x85of\x0btext", "one line of text"),
        (b"folded\n  over\r\n\tlines", "folded over lines"),
        (b"=?unheard-of?q?words?=", "words"),
        (b"=?utf-8?x?not encoded?=", "=?utf-8?x?not encoded?="),
    ],
)
def test_a_subject_is_decoded_whatever_program_wrote_it(read: Reader, header: bytes, shown: str) -> None:
    assert read(b"Subject: " + header + b"\n\nbody").metadata.title == shown


def test_line_ends_of_windows_and_text_around_the_parts_do_no_harm(read: Reader) -> None:
    body = b"preamble\n--b\nContent-Type: text/plain\n\none\n--b\n\ntwo\n-- \nAnn\n--b--\nepilogue\n"
    given = headed(b"Content-Type: multipart/mixed; boundary=b", body).replace(b"\n", b"\r\n")
    assert read(given).text == "From: ann@example.com\n\none\n\ntwo\n-- \nAnn"


def test_a_mail_that_ends_in_the_middle_is_read_so_far(read: Reader) -> None:
    given = headed(b'Content-Type: multipart/mixed; boundary="b"', b"--b\n\none\n--b\nContent-Type: text/html\n\n<p>tw")
    assert read(given).text.endswith("one\n\ntw")


def test_a_mail_in_a_mail_is_read_however_deep(read: Reader) -> None:
    assert read(nested(500)).text == "Subject: nested\n\nhi"


def test_parts_without_number_are_cut_and_told(read: Reader) -> None:
    body = b"--b\n\nword\n" * (PARTS_MAX + 1)
    extracted = read(headed(b"Content-Type: multipart/mixed; boundary=b", body))
    assert extracted.text.count("word") == PARTS_MAX - 1
    assert extracted.warnings == ("the mail has too many parts; the last ones were left out",)


def test_reading_stops_soon_after_the_limit_of_characters(read: Reader) -> None:
    body = b"--b\n\n" + b"word " * 100 + b"\n"
    extracted = read(headed(b"Content-Type: multipart/mixed; boundary=b", body * 100), chars_max=2_000)
    assert 2_000 < len(extracted.text) < 3_000


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"MIIB"),
        (
            b"Content-Type: multipart/encrypted; boundary=b",
            b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: x/y\n\nx\n--b--",
        ),
        (b"Content-Type: text/plain", ENCRYPTED_TEXT.encode()),
    ],
    ids=["S/MIME", "PGP/MIME", "PGP in the text"],
)
def test_an_encrypted_mail_is_refused_as_that(read: Reader, headers: bytes, body: bytes) -> None:
    with pytest.raises(CannotExtractError) as refusal:
        read(headed(headers, body))
    assert refusal.value.reason == "DOCUMENT_ENCRYPTED"


def test_an_encrypted_part_beside_text_is_left_out_and_told(read: Reader) -> None:
    message = mail("Readable.")
    message.add_attachment(ENCRYPTED_TEXT, filename="secret.asc")
    extracted = read(message)
    assert "PGP" not in extracted.text
    assert extracted.warnings == ("a part of the mail is encrypted and was left out",)


def test_what_stands_around_an_encrypted_passage_is_read(read: Reader) -> None:
    around = f"{ENCRYPTED_TEXT}Between.\n{ENCRYPTED_TEXT}\nList of Ann"
    extracted = read(mail(around))
    assert extracted.text.endswith("\n\nBetween.\n\n\nList of Ann")
    assert extracted.warnings == ("a part of the mail is encrypted and was left out",)


def test_a_text_about_encrypted_passages_is_read_whole(read: Reader) -> None:
    about = "It starts with\n-----BEGIN PGP MESSAGE-----\nand goes on."
    assert read(mail(about)).text.endswith(about)


def test_many_starts_of_encrypted_passages_take_no_more_time_than_their_length(read: Reader) -> None:
    text = "Hi\n" + "-----BEGIN PGP MESSAGE-----\n" * 15_000 + "x-----BEGIN PGP MESSAGE-----" * 15_000
    assert read(headed(b"Content-Type: text/plain", text.encode())).text.endswith(text[3:])


FOOTER = "_______________________________________________\nlist mailing list\nhttps://list.example.com/\n"
BODY = "The body of two lines, which is more than one line of base64 takes: so it is cut. 1"
PADDED = base64.encodebytes(BODY.encode()).decode()
UNPADDED = base64.encodebytes(b"A body that needs no padding is 63 bytes long, as this one is!\n").decode()


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (PADDED + FOOTER, f"is cut. 1\n{FOOTER.strip()}"),
        (PADDED.replace("\n", "\r\n") + "\r\n" + FOOTER.replace("\n", "\r\n"), f"is cut. 1\n{FOOTER.strip()}"),
        (PADDED.strip() + FOOTER, f"is cut. 1\n{FOOTER.strip()}"),
        (UNPADDED + FOOTER, f"as this one is!\n{FOOTER.strip()}"),
        (PADDED + PADDED + FOOTER, f"is cut. 1{BODY}\n{FOOTER.strip()}"),
        ("T25lLA==VHdvLA==", "One,Two,"),
        (PADDED.replace("\n", "!\n ", 1), "takes: so it is cut. 1"),
        ("This is not encoded at all.\n", "This is not encoded at all."),
        (PADDED.replace("\n", " "), "takes: so it is cut. 1"),
    ],
)
def test_text_behind_a_body_in_base64_is_read_as_it_stands(read: Reader, body: str, shown: str) -> None:
    extracted = read(headed(b"Content-Type: text/plain\nContent-Transfer-Encoding: base64", body.encode()))
    assert extracted.text.endswith(shown)
    assert "\ufffd" not in extracted.text
    assert extracted.warnings == ()


def test_bytes_behind_a_body_in_base64_that_are_no_text_are_left_out_and_told(read: Reader) -> None:
    headers = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64"
    extracted = read(headed(headers, PADDED.encode() + bytes(range(1, 256)) * 4))
    assert extracted.text.endswith("is cut. 1")
    assert extracted.warnings == ("a part of the mail is damaged; what could not be decoded was left out",)


@pytest.mark.parametrize("hostile", [b"QQ==", b"=", b" ", b"QUJD\n_", b"A" * 50 + b"_\n", b"A\n", b"QQ==\n", b"_\n"])
def test_damaged_base64_takes_no_more_time_than_its_length(read: Reader, hostile: bytes) -> None:
    headers = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64"
    read(headed(headers, hostile * (1_000_000 // len(hostile)) + b"!"))


def test_an_attachment_in_base64_is_read_without_the_footer_behind(read: Reader) -> None:
    headers = b"Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64"
    attached = base64.encodebytes(documents.archive({"notes.txt": b"A note."}))
    assert read(headed(headers, attached + FOOTER.encode())).text.endswith("a.zip\nnotes.txt\nA note.")


def test_a_body_in_uuencode_is_decoded(read: Reader) -> None:
    lines = b"".join(binascii.b2a_uu(line) for line in (b"First line,\n", b"and the second."))
    body = b"Before.\nbegin 644 letter.txt\n" + lines + b"`\nend\nBehind.\n"
    headers = b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode"
    assert read(headed(headers, body)).text.endswith("\n\nFirst line,\nand the second.\nBefore.\n\nBehind.")


def test_a_damaged_line_in_uuencode_costs_only_itself(read: Reader) -> None:
    body = b"begin 644 a\n" + binascii.b2a_uu(b"First.") + b"\x7f\x7f\x7f\n" + binascii.b2a_uu(b"Third.")
    headers = b"Content-Type: text/plain\nContent-Transfer-Encoding: uuencode"
    assert read(headed(headers, body)).text.endswith("First.Third.")


@pytest.mark.parametrize("how", ["base64", "quoted-printable"])
def test_a_forwarded_mail_that_is_encoded_is_decoded(read: Reader, how: str) -> None:
    older = headed(b'Content-Type: text/html; charset="utf-8"', "<p>größer</p>".encode())
    encoded = base64.encodebytes(older) if how == "base64" else quopri.encodestring(older)
    extracted = read(headed(b"Content-Type: message/rfc822\nContent-Transfer-Encoding: " + how.encode(), encoded))
    assert extracted.text.endswith("From: ann@example.com\n\ngrößer")


def test_a_forwarded_mail_that_is_only_said_to_be_encoded_is_read_as_it_stands(read: Reader) -> None:
    older = headed(b"Content-Type: multipart/mixed; boundary=b", b"--b\n\none=41\n--b--")
    headers = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable"
    assert read(headed(headers, older)).text.endswith("From: ann@example.com\n\none=41")


def test_of_alternatives_within_alternatives_one_is_shown(read: Reader) -> None:
    plain, rich = b"Content-Type: text/plain\n\n", b"Content-Type: text/html\n\n"
    body = (
        b"--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n" + plain + b"inner\n--i\n" + plain + b"richer\n"
        b"--i--\n--o\n" + rich + b"<p>best</p>\n--o--\n"
    )
    text = read(headed(b"Content-Type: multipart/alternative; boundary=o", body)).text
    assert text == "From: ann@example.com\n\nbest"


def test_the_best_of_alternatives_may_be_within_another(read: Reader) -> None:
    plain, rich = b"Content-Type: text/plain\n\n", b"Content-Type: text/html\n\n"
    body = (
        b"--o\n" + plain + b"outer\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n" + plain + b"inner\n"
        b"--i\n" + rich + b"<p>best</p>\n--i--\n--o\n" + plain + b"last\n--o--\n"
    )
    text = read(headed(b"Content-Type: multipart/alternative; boundary=o", body)).text
    assert text == "From: ann@example.com\n\nbest"


def test_images_have_no_names_in_a_mail_and_their_descriptions_stay_as_they_are(read: Reader) -> None:
    page = b'<img src="cid:1">Shown.<img alt="how src = dest works" src=a.gif>'
    assert read(headed(b"Content-Type: text/html", page)).text.endswith("\n\nShown. how src = dest works")


def test_what_has_no_headers_is_no_mail(read: Reader) -> None:
    with pytest.raises(CannotExtractError) as refusal:
        read(b"\x00\x01\x02 just bytes\n\nand more")
    assert refusal.value.reason == "DOCUMENT_DAMAGED"


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Type: text/plain; charset=idna",
        b"Content-Type: text/plain; charset=zlib",
        b"Content-Type: text/plain" + b"; a=b" * 100_000,
        b"Content-Type: text/plain; name*=utf-9'en'%FF%zz; name*0*=q''x",
        b"Content-Type: multipart/mixed; boundary=",
        b"Content-Type: ;;;",
        b"Subject: " + b"=?utf-8?b?" * 100_000,
        b"Content-Transfer-Encoding: unheard-of",
    ],
)
def test_odd_headers_do_not_hide_the_body(read: Reader, headers: bytes) -> None:
    assert read(headed(headers, b"body")).text.endswith("body")


def test_progress_ends_at_the_last_byte(read: Reader) -> None:
    told: list[Progress] = []
    given = mail().as_bytes()
    read(given, progress=told)
    assert told[-1] == Progress("byte", len(given), len(given))
    assert [step.completed for step in told] == sorted(step.completed for step in told)


def test_a_report_of_failed_delivery_is_read(read: Reader) -> None:
    body = b"--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--b--"
    assert read(headed(b"Content-Type: multipart/report; boundary=b", body)).text.endswith("Sorry.\n\nStatus: 5.1.1")


def test_of_a_web_page_stored_as_a_mail_the_page_is_read(read: Reader) -> None:
    body = (
        b"--b\nContent-Type: text/html\n\n<p>A page.</p><img src='https://a.example/x.png'>\n"
        b"--b\nContent-Type: text/css\n\np { color: red }\n--b\nContent-Type: image/png\n\nx\n--b--"
    )
    extracted = read(headed(b"Content-Type: multipart/related; boundary=b", body))
    assert extracted.text.endswith("\n\nA page.")
    assert extracted.warnings == ()


@pytest.mark.parametrize(
    "start",
    [
        mail().as_bytes(),
        b"Return-Path: <a@example.com>\r\nReceived: from b\r\n\tby c\r\n\r\nbody",
        b"\xef\xbb\xbfFrom: a@example.com\nTo: b@example.com\nSubject: c\n\nbody",
        b"1234\nReceived: from b\nDate: today\n\n",
    ],
)
def test_a_mail_is_recognised_by_its_headers(start: bytes) -> None:
    assert is_mail(start)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"From: Ann\n\nDear Bob, a letter in plain text.",
        b"To: Bob\nFrom: Ann\n\nA memo.",
        b"Note: what follows is a text.\n\nFrom: a\nTo: b\nSubject: c\n",
        b"HTTP/1.1 200 OK\nDate: today\nContent-Type: text/html\nFrom: x\n",
        b"name: a\nversion: b\ndate: c\n",
        b"{\\rtf1 From: a\nTo: b\nSubject: c}",
    ],
)
def test_a_text_that_only_looks_like_a_mail_is_none(start: bytes) -> None:
    assert not is_mail(start)
