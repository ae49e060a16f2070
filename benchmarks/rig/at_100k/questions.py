"""What is asked of the store: cases by name, each with the calls that make it up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from benchmarks.rig.at_100k import plan
from benchmarks.rig.at_100k.vocabulary import WORDS
from octavo.v1.file_service_pb2 import SORT_ORDER_NEWEST_FIRST, SORT_ORDER_OLDEST_FIRST, FileQuery
from octavo.v1.file_service_pb2 import ListFilesRequest as ListFiles
from octavo.v1.file_service_pb2 import ShowTreeRequest as ShowTree
from octavo.v1.job_pb2 import JOB_STATE_CANCELLED, JOB_STATE_FAILED, FileTag
from octavo.v1.processing_service_pb2 import ProcessStatusRequest as ProcessStatus
from octavo.v1.search_service_pb2 import KeywordSearchRequest as KeywordSearch

EACH = 10
"""Different calls of a case, where it has a choice."""
_NUMBERS = range(3, plan.JOBS_COUNT, plan.JOBS_COUNT // EACH)
"""Jobs of the searched pipeline, all over the store."""
_FILES = [plan.planned(number).job.file for number in _NUMBERS]
ORDERS = {"newest": SORT_ORDER_NEWEST_FIRST, "oldest": SORT_ORDER_OLDEST_FIRST}
_SMALL = f"/customers/c{200:05}"


@dataclass(frozen=True, slots=True)
class Question:
    """Calls of one kind, called in turn."""

    method: str
    kind: str
    """What its figure is called by."""
    case: str
    requests: Sequence[Message]

    @property
    def is_paged(self) -> bool:
        """Does it have a page in the middle?"""
        return self.method != "ProcessStatus"


def questions() -> Iterator[Question]:
    """All, in the order in which their figures are told."""
    requests: list[Message] = [ProcessStatus(request_id=plan.planned(number).job.request_id) for number in _ANY]
    yield Question("ProcessStatus", "status", "of any job", requests)
    for kind, cases in LISTS.items():
        for case, queries in cases.items():
            for order, value in ORDERS.items():
                lists = [ListFiles(pipeline=plan.SEARCHED, query=query, order=value) for query in queries]
                yield Question("ListFiles", f"list_{kind}", f"{case}, {order} first", lists)
    for kind, states in STATES.items():
        for order, value in ORDERS.items():
            lists = [ListFiles(pipeline=plan.SEARCHED, states=states, order=value)]
            yield Question("ListFiles", "list_states", f"{kind}, {order} first", lists)
    for case, directories in TREES.items():
        trees = [ShowTree(pipeline=plan.SEARCHED, symbolic_directory_path=directory) for directory in directories]
        yield Question("ShowTree", "tree", case, trees)
    for case, words in SEARCHES.items():
        for where, query in SEARCHED_IN.items():
            # Where the query leads to few files, their order costs nothing.
            for order, value in ORDERS.items() if query is None else [("newest", SORT_ORDER_NEWEST_FIRST)]:
                searches = [
                    KeywordSearch(pipeline=plan.SEARCHED, query=word, files=query, order=value) for word in words
                ]
                yield Question("KeywordSearch", "search", f"{case} {where}, {order} first", searches)


def _between(first: int, last: int) -> Mapping[str, Timestamp]:
    start, end = (Timestamp(seconds=plan.FIRST_TIME + number * plan.SECONDS_BETWEEN) for number in (first, last))
    return {"create_time_start": start, "create_time_end": end}


def _names(*names: str) -> list[FileQuery]:
    return [FileQuery(file_names=[name]) for name in names]


def _directories(*directories: str) -> list[FileQuery]:
    return [FileQuery(symbolic_directory_paths=[directory]) for directory in directories]


def _paths(*paths: str) -> list[FileQuery]:
    return [FileQuery(symbolic_file_paths=[path]) for path in paths]


def _tagged(key: str, *values: str) -> list[FileQuery]:
    return [FileQuery(file_tags=[FileTag(key=key, value=value)]) for value in values]


_ANY = range(3, plan.JOBS_COUNT, plan.JOBS_COUNT // 200)
_MIDDLE = plan.JOBS_COUNT // 2
_MIX = FileQuery(
    file_ids=[one.file_id for one in _FILES[:4]],
    file_names=["scan-001*", "*draft.pdf", "*contract*", "report 00001.docx"],
    symbolic_directory_paths=["/reports/2019/*", "/etc", _SMALL, "/projects/*"],
    symbolic_file_paths=[
        "/customers*/contract_1*",
        "/archive/scans/*9.txt",
        _FILES[5].directory + "/" + _FILES[5].name,
    ],
    file_tags=[FileTag(key="batch", value=f"b-{number:03}") for number in range(4)] + [FileTag(key="rare", value="*")],
)
LISTS: Mapping[str, Mapping[str, Sequence[FileQuery]]] = {
    "all": {"no term": [FileQuery()], "/*": _directories("/*")},
    "id": {
        "one": [FileQuery(file_ids=[one.file_id]) for one in _FILES],
        "ten": [FileQuery(file_ids=[one.file_id for one in _FILES])],
    },
    "name": {
        "whole": _names(*(one.name for one in _FILES)),
        "that nobody has": _names("nothing.pdf"),
        "suffix of a fifth": _names("*.pdf", "*.docx"),
        "suffix of a few": _names("*00123.docx", "*00124.eml"),
        "prefix of half": _names("scan-*"),
        "prefix of a few": _names("scan-0123*", "contract_1012*"),
        "middle of many": _names("*can*", "*draft*"),
        "middle of none": _names("*zzzz*"),
    },
    "directory": {
        "small": _directories(*(one.directory for one in _FILES if one.directory.startswith("/customers"))),
        "large": _directories(plan.LARGE_DIRECTORY),
        "below": _directories("/reports/*", "/customers/*", f"{plan.DEEP_DIRECTORY}/*"),
        "begins": _directories("/customers/c001*", "/reports/201*"),
        "that nobody has": _directories("/nowhere", "/nowhere/*"),
    },
    "path": {
        "whole": _paths(*(f"{one.directory}/{one.name}" for one in _FILES)),
        "any directory": _paths("/*/*draft*", "/*/*.pdf"),
        "directory begins": _paths("/customers*/*.pdf", "/reports/20*/report 001*"),
        "large directory": _paths("/archive/scans/*.txt", "/archive/scans/*77*", "/archive/scans/*zzzz*"),
    },
    "tag": {
        "of a quarter": _tagged("language", *plan.LANGUAGES),
        "of a few": _tagged("batch", *(f"b-{number:03}" for number in range(1, 20, 2))),
        "any value, of all": _tagged("language", "*"),
        "any value, of a few": _tagged("rare", "*"),
        "that nobody has": _tagged("nothing", "*", "nothing"),
    },
    "time": {
        "a little in the middle": [FileQuery(**_between(_MIDDLE, _MIDDLE + 50))],
        "half": [FileQuery(**_between(0, _MIDDLE)), FileQuery(**_between(_MIDDLE, plan.JOBS_COUNT))],
        "a name, in time": [
            FileQuery(file_names=["*.pdf"], **_between(_MIDDLE, _MIDDLE + 5_000)),
            FileQuery(file_names=["scan-*"], **_between(0, 500)),
        ],
        "changed in a day": [
            FileQuery(
                update_time_start=Timestamp(seconds=plan.FIRST_TIME + 86_400),
                update_time_end=Timestamp(seconds=plan.FIRST_TIME + 2 * 86_400),
            )
        ],
        "after all": [FileQuery(**_between(plan.JOBS_COUNT + 10, plan.JOBS_COUNT + 20))],
    },
    "mix": {"20 terms": [_MIX]},
}
STATES = {"failed": [JOB_STATE_FAILED], "failed or cancelled": [JOB_STATE_FAILED, JOB_STATE_CANCELLED]}
TREES = {
    "small": [one.directory for one in _FILES if one.directory.startswith("/customers")],
    "large": [plan.LARGE_DIRECTORY],
    "all": ["/*"],
    "below": ["/reports/*", f"{plan.DEEP_DIRECTORY}/*"],
}
SEARCHES = {
    "commonest word": WORDS[:1],
    "common words": WORDS[5:15],
    "rare words": WORDS[-10:],
    "a word nobody has": ["xyxyxy"],
    "five words": [" ".join(WORDS[rank : rank + 5]) for rank in (0, 10, 100, 1_000)],
}
SEARCHED_IN: Mapping[str, FileQuery | None] = {
    "everywhere": None,
    "in a file": FileQuery(file_ids=[_FILES[2].file_id]),
    "in a small directory": FileQuery(symbolic_directory_paths=[_SMALL]),
    "in the large directory": FileQuery(symbolic_directory_paths=[plan.LARGE_DIRECTORY]),
    "below a directory": FileQuery(symbolic_directory_paths=["/reports/*"]),
    "by name": FileQuery(file_names=["*draft*"]),
}
