"""Which character encoding a text is read in."""
# ruff: noqa: RUF001  # letters of many scripts are what is tested

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import Document, Extracted, RefusalError
from octavo_server.extractors.chain import extract
from octavo_server.extractors.charsets import SAMPLE_BYTES

Reader = Callable[[bytes], Extracted]

GERMAN = (
    "Der Ausschuss tagte am Dienstag und kam zu keinem Ergebnis. Die Größe der Räume genügte für alle Gäste, aber die "
    "Türen ließen sich nicht öffnen. Später gingen wir über die Brücke zurück nach München."
)
ENGLISH = "The committee met on Tuesday – the “long” meeting – and didn’t reach a decision. The café bill was £40."
FRENCH = "Les élèves étaient déjà rentrés à la maison, où leur mère préparait le dîner. Ça n'a gêné personne."
POLISH = (
    "Komisja zebrała się we wtorek i nie podjęła żadnej decyzji. Później poszliśmy przez most, gdzie świeciło słońce."
)
RUSSIAN = "Комитет собрался во вторник и не принял никакого решения. Потом мы пошли через мост в город."
GREEK = "Η επιτροπή συνεδρίασε την Τρίτη και δεν πήρε καμία απόφαση. Τα παιδιά έπαιζαν στον κήπο."
TURKISH = "Komisyon salı günü toplandı ve hiçbir karar almadı. Çocuklar bahçede oynuyor, güneş parlıyordu, şimdi değil."
HEBREW = "הוועדה התכנסה ביום שלישי ולא קיבלה שום החלטה. הילדים שיחקו בגינה וסבתא בישלה ריבה."
ARABIC = "اجتمعت اللجنة يوم الثلاثاء ولم تتخذ أي قرار. كان الأطفال يلعبون في الحديقة."
JAPANESE = (
    "委員会は火曜日に開かれたが、結論は出なかった。\nその後、私たちは橋を渡って町へ行った。一緒にカタカナもあります。"
)
CHINESE = "委员会在星期二开会，但是没有作出任何决定。\n后来我们过桥进城，一切都好。孩子们在花园里玩耍。"
TAIWANESE = "委員會在星期二開會，但是沒有作出任何決定。\n後來我們過橋進城，一切都好。孩子們在花園裡玩耍。"
KOREAN = "위원회는 화요일에 열렸지만 아무런 결정도 내리지 못했다. 아이들은 정원에서 놀고 있었다."


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Reader]:
    descriptors: list[int] = []

    def ignore(_progress: Progress) -> None:
        """Nobody watches."""

    def reader(data: bytes) -> Extracted:
        path = tmp_path / "a.txt"
        path.write_bytes(data)
        descriptors.append(os.open(path, os.O_RDONLY))
        return extract(Document(descriptor=descriptors[-1], name="a.txt"), chars_max=10_000_000, report=ignore)

    yield reader
    for descriptor in descriptors:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (ENGLISH, "cp1252", "cp1252"),
        ("Well…maybe “one”two. “Three,” she said; it’s “four” by now.", "cp1252", "cp1252"),
        (FRENCH, "cp1252", "cp1252"),
        (GERMAN, "iso8859-1", "cp1252"),
        (GERMAN, "cp850", "cp850"),
        (FRENCH, "cp850", "cp850"),
        (POLISH, "iso8859-2", "iso8859-2"),
        (POLISH, "cp1250", "cp1250"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-u"),
        (RUSSIAN, "cp866", "cp866"),
        (RUSSIAN, "iso8859-5", "iso8859-5"),
        (GREEK, "iso8859-7", "cp1253"),
        (TURKISH, "cp1254", "cp1254"),
        (HEBREW, "iso8859-8", "cp1255"),
        (ARABIC, "cp1256", "cp1256"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc-jp", "euc_jp"),
        (CHINESE, "gb18030", "gb18030"),
        (TAIWANESE, "big5", "big5hkscs"),
        (KOREAN, "euc-kr", "cp949"),
    ],
)
def test_a_text_in_an_old_encoding_is_read_with_a_warning_that_names_it(
    read: Reader, text: str, encoding: str, told: str
) -> None:
    result = read(text.encode(encoding))

    assert result.text == text
    assert result.warnings == (f"the text is not valid UTF-8; it was read as {told}",)


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE, CHINESE, TAIWANESE, KOREAN, "Short"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_without_a_byte_order_mark_is_told_by_its_nul_bytes(read: Reader, text: str, encoding: str) -> None:
    result = read(text.encode(encoding))

    assert result.text == text
    assert result.warnings == (f"the text does not tell its character encoding; it was read as {encoding}",)


def test_japanese_mail_text_is_told_by_its_escapes(read: Reader) -> None:
    result = read(JAPANESE.encode("iso-2022-jp"))

    assert result.text == JAPANESE
    assert result.warnings == ("the text does not tell its character encoding; it was read as iso2022_jp_ext",)


@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN, JAPANESE])
def test_utf_8_is_read_without_a_warning(read: Reader, text: str) -> None:
    assert (read(text.encode()).text, read(text.encode()).warnings) == (text, ())
    marked = read(text.encode("utf-8-sig"))
    assert (marked.text, marked.warnings) == ("\ufeff" + text, ())


def test_the_guess_looks_at_the_place_where_the_text_stops_being_utf_8(read: Reader) -> None:
    text = "Plain words.\n" * SAMPLE_BYTES + RUSSIAN

    assert read(text.encode("cp1251")).text == text


def test_utf_8_with_a_damaged_byte_stays_utf_8(read: Reader) -> None:
    data = (RUSSIAN * 3).encode()

    result = read(data[:-1] + b"\xff")

    assert result.text.startswith(RUSSIAN)
    assert result.warnings == (
        "the text has bytes that are not UTF-8; it was read as utf-8",
        "what is not valid utf-8 became U+FFFD, 1 times",
    )


def test_wide_text_that_is_cut_off_within_a_character_is_read_with_a_warning(read: Reader) -> None:
    result = read(GERMAN.encode("utf-16")[:-1])

    assert result.text == "\ufeff" + GERMAN[:-1] + "\ufffd"
    assert result.warnings == ("what is not valid utf-16-le became U+FFFD, 1 times",)


def test_a_pair_of_surrogates_at_the_end_of_the_sample_is_no_reason_to_doubt(read: Reader) -> None:
    text = "ab" + "a" * (SAMPLE_BYTES // 2 - 3) + "😀" * 3

    assert read(text.encode("utf-16-le")).text == text


@pytest.mark.parametrize(
    "data",
    [
        random.Random(1).randbytes(100),
        random.Random(2).randbytes(1_000),
        random.Random(3).randbytes(200_000),
        bytes(5_000),
        bytes(range(256)) * 20,
        b"\x01\x00\x02\x00\x07\x00" * 500,
        b"list\0of\0names\0" * 50,
        b"\xff\xfe" + random.Random(4).randbytes(2_000),
    ],
)
def test_binary_data_is_refused(read: Reader, data: bytes) -> None:
    with pytest.raises(RefusalError, match="the document is binary data, not text") as refusal:
        read(data)

    assert refusal.value.reason == "DOCUMENT_DAMAGED"
