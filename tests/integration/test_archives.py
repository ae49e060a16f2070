"""Archives and mails with documents inside, in a real child."""

import gzip

import pytest

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.ports.runner import Outcome, Succeeded, Task
from octavo_server.worker.limits import ChildLimits
from octavo_server.worker.sandbox import Sandbox
from tests import documents
from tests.archive_documents import tar
from tests.mail_documents import mail

INSIDE = {
    "letter.docx": documents.word(["A letter."]),
    "report.pdf": documents.pdf(["A report."]),
    "old.rtf": b"{\\rtf1 An old one.}",
}


def mail_with_attachments() -> bytes:
    message = mail()
    for name, data in INSIDE.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


async def read(source: bytes, name: str) -> Outcome:
    run = ModuleRun(name="extract", key="extract", model="text", params={})
    async with Sandbox(limits=ChildLimits(), children=1) as sandbox:
        task = Task(run=run, file_name=name, media_type="", source=source, seconds_max=60.0)
        return await sandbox.run(task, ignore)


@pytest.mark.parametrize(
    ("source", "name", "extractor"),
    [
        (documents.archive(INSIDE), "a.zip", "archives"),
        (gzip.compress(tar(INSIDE)), "a.tar.gz", "archives"),
        (mail_with_attachments(), "a.eml", "mail"),
    ],
)
async def test_documents_inside_need_none_of_the_rights_that_children_lack(
    source: bytes, name: str, extractor: str
) -> None:
    result = await read(source, name)

    assert isinstance(result, Succeeded), result
    assert isinstance(result.output, bytes)
    assert result.metadata is not None
    assert (result.metadata.extractor, result.warnings) == (extractor, ())
    for words in ("A letter.", "A report.", "An old one."):
        assert words in result.output.decode()
