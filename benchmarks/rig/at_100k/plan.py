"""Which jobs the store has. All about a job follows from its number, so that whoever asks knows what is there."""

import random
import uuid
from dataclasses import dataclass

from octavo_server.domain.contents import describe
from octavo_server.domain.files import File, Tag
from octavo_server.domain.ids import FileId, Instant, PipelineName, RequestId, TenantId
from octavo_server.domain.jobs import Failure, Job, JobState, ModuleRun

TENANT = TenantId("default")
"""Of all callers of a server without API keys."""
JOBS_COUNT = 100_000
SEARCHED = PipelineName("library")
SEARCHED_CHAIN = ("parser", "json-to-txt", "keyword-db")
PLAIN = PipelineName("inbox")
PLAIN_CHAIN = ("parser",)
CHAINS = {SEARCHED: SEARCHED_CHAIN, PLAIN: PLAIN_CHAIN}
PLAIN_EVERY = 10
"""Every tenth job is in the pipeline without an index."""

FIRST_TIME = 1_700_000_000
SECONDS_BETWEEN = 20
EXPIRE_TIME = Instant(4_000_000_000)
"""In a hundred years: the store is kept from run to run."""
DOCUMENT = b"A sentence of a document that nobody will ever read. " * 4

LARGE_DIRECTORY = "/archive/scans"
LARGE_COUNT = 44_000
"""Of these one in ten is in the other pipeline."""
_REPORTS_COUNT = 12_000
_CUSTOMERS_COUNT = 24_000
CUSTOMER_FILES = 4
_DEEP_COUNT = 10_000
DEEP_DIRECTORY = "/projects/north/site 7/phase-2/drawings/revised/old"
_FAILED_PERCENT, _CANCELLED_PERCENT = 3, 2
EXTENSIONS = ("pdf", "docx", "txt", "html", "eml")
LANGUAGES = ("en", "de", "fr", "es")
BATCHES = 200


@dataclass(frozen=True, slots=True)
class Planned:
    """A job, and how it is to end."""

    job: Job
    end: JobState
    chance: random.Random
    """Goes on to tell its words."""


def planned(number: int) -> Planned:
    """The job of this number, from 0 to JOBS_COUNT - 1."""
    chance = random.Random(number)  # noqa: S311  # to be the same in each run
    pipeline = PLAIN if number % PLAIN_EVERY == 0 else SEARCHED
    directory, name = _place(number)
    created = Instant(FIRST_TIME + number * SECONDS_BETWEEN)
    job = Job(
        request_id=RequestId(_id(chance)),
        tenant=TENANT,
        pipeline=pipeline,
        file=File(
            file_id=FileId(_id(chance)),
            name=name,
            directory=directory,
            tags=_tags(number),
            description=f"number {number}" if number % 3 else None,
            update_time=Instant(created + 3_600) if number % 20 == 0 else None,
        ),
        document=describe(DOCUMENT),
        runs=tuple(ModuleRun(name=name, key=name, model="sentence") for name in CHAINS[pipeline]),
        create_time=created,
        update_time=created,
        expire_time=EXPIRE_TIME,
    )
    return Planned(job, _end(chance), chance)


def failure() -> Failure:
    """Why jobs of the store failed."""
    return Failure("parser", "NO_TEXT", "the document has pages, but no text; it may be scanned")


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _end(chance: random.Random) -> JobState:
    drawn = chance.randrange(100)
    if drawn < _FAILED_PERCENT:
        return JobState.FAILED
    return JobState.CANCELLED if drawn < _FAILED_PERCENT + _CANCELLED_PERCENT else JobState.SUCCEEDED


def _place(number: int) -> tuple[str, str]:
    # Files of all directories come in all the time: a prime step mixes them.
    index = number * 7_919 % JOBS_COUNT
    extension = EXTENSIONS[index % len(EXTENSIONS)]
    if index < LARGE_COUNT:
        return LARGE_DIRECTORY, f"scan-{index:05}.{extension}"
    index -= LARGE_COUNT
    if index < _REPORTS_COUNT:
        year, month = 2015 + index % 10, 1 + index // 10 % 12
        return f"/reports/{year}/{month:02}", f"report {index:05}{' draft' * (index % 7 == 0)}.{extension}"
    index -= _REPORTS_COUNT
    if index < _CUSTOMERS_COUNT:
        return f"/customers/c{index // CUSTOMER_FILES:05}", f"contract_{index:05}.{extension}"
    index -= _CUSTOMERS_COUNT
    if index < _DEEP_COUNT:
        return f"{DEEP_DIRECTORY}/{index // 20:03}", f"{index:05},a.{extension}"
    return "/etc", f"octavo_generated_file_name_{index:010}.{extension}"


def _tags(number: int) -> tuple[Tag, ...]:
    tags = (Tag("language", LANGUAGES[number % len(LANGUAGES)]), Tag("batch", f"b-{number % BATCHES:03}"))
    return tags[: 1 + number % 2] + ((Tag("rare", f"r {number}"),) if number % 1_000 == 1 else ())
