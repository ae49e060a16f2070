"""A folder of documents as an office has them, the same in each run: text, PDF of several pages, Word, HTML."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import docx
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

SEED = 20_240_229
_TEXT = """
a account after agreement all amount and annual as at been before between board both budget by can change clause
committee company contract cost customer date day decision delivery department each engineer fact figure first
for from growth had has have if in increase interest is it its large last law letter long made many market may
measure meeting member method more most must new no not number of office on one only or order other our part
party payment per period person plan policy price problem process product project quarter question rate reason
report result risk rule safety sales same section service shall should since small such supplier system term than
that the their there these they third this time to total under until use value was water week were when which
will with within without work year
"""
WORDS = _TEXT.split()
PARAGRAPH_SENTENCES = (3, 9)


class Prose:
    """Sentences without sense, but with the lengths and the punctuation that make a splitter work."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def paragraph(self) -> str:
        """Some sentences."""
        return " ".join(self._sentence() for _ in range(self._random.randint(*PARAGRAPH_SENTENCES)))

    def paragraphs(self, least: int, most: int) -> list[str]:
        """As many as a document of its kind has."""
        return [self.paragraph() for _ in range(self._random.randint(least, most))]

    def _sentence(self) -> str:
        words = self._random.choices(WORDS, k=self._random.randint(5, 24))
        if self._random.random() < 0.1:
            words.insert(len(words) // 2, self._random.choice(("e.g.", "Dr. Smith", "3.14", "approx.", "i.e.")))
        if self._random.random() < 0.3:
            words[len(words) // 2] += ","
        return words[0].capitalize() + " " + " ".join(words[1:]) + self._random.choice("....?!")


def _text(path: Path, prose: Prose) -> None:
    path.write_text("\n\n".join(prose.paragraphs(4, 80)) + "\n")


def _pdf(path: Path, prose: Prose) -> None:
    style = getSampleStyleSheet()["BodyText"]
    story = [Paragraph(text, style) for text in prose.paragraphs(15, 90)]
    SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build(story)


def _word(path: Path, prose: Prose) -> None:
    document = docx.Document()
    document.add_heading("Report", level=1)
    for text in prose.paragraphs(10, 70):
        document.add_paragraph(text)
    document.save(str(path))


def _html(path: Path, prose: Prose) -> None:
    body = "\n".join(f"<p>{text}</p>" for text in prose.paragraphs(10, 80))
    path.write_text(f"<!doctype html><html><head><title>Page</title></head><body>\n{body}\n</body></html>\n")


# Of ten documents in a row: four text, three PDF, two Word, one HTML.
_KINDS: tuple[tuple[str, Callable[[Path, Prose], None]], ...] = (
    (".txt", _text), (".pdf", _pdf), (".docx", _word), (".txt", _text), (".pdf", _pdf),
    (".html", _html), (".txt", _text), (".docx", _word), (".pdf", _pdf), (".txt", _text),
)  # fmt: skip


def write_documents(folder: Path, count: int) -> None:
    """Write `count` documents of 2 KB to some 50 KB into the folder."""
    prose = Prose(Random(SEED))  # noqa: S311  # no secret: the same documents in each run are wanted
    for index in range(count):
        extension, write = _KINDS[index % len(_KINDS)]
        write(folder / f"document_{index:04}{extension}", prose)
