"""What the test chooses from: few of each, so that names collide, terms fit and keys come again."""

from hypothesis import strategies as st

from octavo.v1.job_pb2 import (
    JOB_STATE_CANCELLED,
    JOB_STATE_FAILED,
    JOB_STATE_PENDING,
    JOB_STATE_SUCCEEDED,
)
from tests.stateful.model import Document, Query, Submission

CHAINS = (("parser",), ("parser", "json-to-txt", "keyword-db"))
WORDS = ("river", "stone", "music", "garden")

SECONDS_A_TICK = 200
"""Far more than an example takes: by the clock of the machine no tick comes too early."""
LIFETIMES = (1, 3, 30)
"""In ticks."""


def _text(*words: str) -> Document:
    content = f"Here is {' and '.join(words)}.\nIt is all that there is.\n".encode()
    return Document(content, ".txt", frozenset(words), JOB_STATE_SUCCEEDED)


DOCUMENTS = (
    _text("river"),
    _text("stone", "music"),
    _text("garden", "river", "stone"),
    Document(b" \n\t\n", ".txt", frozenset(), JOB_STATE_FAILED),
    Document(b"%PDF-1.4\nnothing of the kind", ".pdf", frozenset(), JOB_STATE_FAILED),
)
documents = st.sampled_from(DOCUMENTS)
stems = st.sampled_from(["", "a", "b", "report 1", "Report 2"])
"""Of file names; empty: the server is to choose."""
directories = st.sampled_from(["", "/", "/a", "/A/b", "/a/bc", "/a/b/c"])
tags = st.lists(
    st.tuples(st.sampled_from(["kind", "Year"]), st.sampled_from(["one", "Two"])), unique=True, max_size=3
).map(tuple)
descriptions = st.sampled_from(["", "first", "Second, with words"])
lifetimes = st.sampled_from(LIFETIMES)
submissions = st.builds(
    Submission,
    document=documents,
    stem=stems,
    directory=directories,
    tags=tags,
    description=descriptions,
    lifetime=lifetimes,
    key=st.sampled_from(["", "", "", "key-1", "key-2"]),
)
queries = st.builds(
    Query,
    names=st.lists(
        st.sampled_from(["a.txt", "*.txt", "*.pdf", "rep*", "*OR*", "none.txt"]), unique=True, max_size=2
    ).map(tuple),
    directories=st.lists(
        st.sampled_from(["/", "/*", "/a", "/a*", "/A/*", "/a/b*", "/a/b", "/none", "/etc"]), unique=True, max_size=1
    ).map(tuple),
    paths=st.lists(
        st.sampled_from(["/a.txt", "/a/b/a.txt", "/a*/*.txt", "/*/b*", "/*.pdf"]), unique=True, max_size=1
    ).map(tuple),
    tags=st.lists(
        st.sampled_from([("kind", "one"), ("KIND", "*"), ("year", "two"), ("none", "*")]), unique=True, max_size=1
    ).map(tuple),
)
trees = st.sampled_from(["", "/*", "/a", "/a/*", "/a/b*", "/none"])
states = st.sampled_from([(), (JOB_STATE_SUCCEEDED,), (JOB_STATE_FAILED, JOB_STATE_CANCELLED), (JOB_STATE_PENDING,)])
"""PENDING finds none: it is asked when all have ended."""
searches = st.lists(st.sampled_from([*WORDS, "rivers", "Nothing"]), unique=True, min_size=1, max_size=2)
bad_submissions = st.sampled_from(
    [
        {"file_name": "no extension"},
        {"file_name": "a/b.txt"},
        {"file_name": "a.txt", "symbolic_directory_path": "nowhere"},
        {"file_name": "a.txt", "symbolic_directory_path": "/etc/passwd"},
        {"file_name": "a.txt", "content": b""},
        {"file_name": "a.txt", "symbolic_file_path": "/a/a.txt"},
        {"file_name": "a.txt", "idempotency_key": "two words"},
        {"file_name": "a.txt", "file_tags": [{"key": "k", "value": "*"}]},
        {"file_name": "a.exe"},
    ]
)
