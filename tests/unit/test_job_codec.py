"""Jobs as text, both ways."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from octavo_server.domain.contents import Content
from octavo_server.domain.files import File, Tag
from octavo_server.domain.jobs import Failure, Job, JobState, ModuleRun, ModuleState, Priority
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.engines.codec import decode_job, encode_job

texts = st.text(max_size=20)
instants = st.floats(allow_nan=False, allow_infinity=False)
failures = st.none() | st.builds(Failure, texts, texts, texts)
contents = st.builds(
    Content, size_bytes=st.integers(0), sha256=texts, media_type=texts, blob_key=st.none() | texts.filter(bool)
)
metadata = st.builds(
    DocumentMetadata,
    media_type=texts,
    title=texts,
    author=texts,
    create_time=st.none() | instants,
    page_count=st.none() | st.integers(),
    language=texts,
    extractor=texts,
    more=st.dictionaries(texts, texts, max_size=2),
)
runs = st.builds(
    ModuleRun,
    name=texts,
    key=texts,
    model=texts,
    params=st.dictionaries(texts, st.integers(), max_size=3),
    state=st.sampled_from(ModuleState),
    attempt=st.integers(0),
    attempts_before=st.integers(0),
    crashes=st.integers(0),
    extractors_spent=st.integers(0),
    seconds_spent=instants,
    start_time=st.none() | instants,
    end_time=st.none() | instants,
    output=st.none() | contents,
    failure=failures,
    warnings=st.lists(texts, max_size=2).map(tuple),
    metadata=st.none() | metadata,
    facts=st.dictionaries(texts, st.integers(), max_size=2),
)
files = st.builds(
    File,
    file_id=texts,
    name=texts,
    directory=texts,
    tags=st.lists(st.builds(Tag, texts, texts), max_size=2).map(tuple),
    description=st.none() | texts,
    update_time=st.none() | instants,
)
jobs = st.builds(
    Job,
    request_id=texts,
    tenant=texts,
    pipeline=texts,
    file=files,
    document=contents,
    runs=st.lists(runs, max_size=3).map(tuple),
    create_time=instants,
    update_time=instants,
    expire_time=instants,
    state=st.sampled_from(JobState),
    priority=st.sampled_from(Priority),
    failure=failures,
    start_time=st.none() | instants,
    processing_seconds_max=st.none() | instants,
    idempotency_key=texts,
    fingerprint=texts,
    revision=st.integers(0),
)


@given(jobs)
def test_a_job_comes_back_as_it_was(job: Job) -> None:
    assert decode_job(encode_job(job), job.revision) == job


@given(jobs)
def test_text_comes_back_as_it_was(job: Job) -> None:
    text = encode_job(job)
    assert encode_job(decode_job(text, job.revision)) == text


@given(jobs, st.integers(0))
def test_the_text_does_not_depend_on_the_revision(job: Job, revision: int) -> None:
    assert encode_job(replace(job, revision=revision)) == encode_job(job)


@given(jobs)
def test_no_field_is_forgotten(job: Job) -> None:
    assert set(json.loads(encode_job(job))) == set(Job.__dataclass_fields__) - {"revision"}


@given(jobs)
def test_a_job_that_an_older_version_recorded_is_read(job: Job) -> None:
    text = json.loads(encode_job(job))
    for run in text["runs"]:
        del run["metadata"], run["extractors_spent"], run["seconds_spent"], run["attempts_before"], run["facts"]
    del text["file"]["update_time"]

    runs = tuple(
        replace(run, metadata=None, extractors_spent=0, seconds_spent=0.0, attempts_before=0, facts={})
        for run in job.runs
    )
    old = replace(job, runs=runs, file=replace(job.file, update_time=None))
    assert decode_job(json.dumps(text), job.revision) == old
