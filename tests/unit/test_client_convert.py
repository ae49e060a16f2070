import dataclasses
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from octavo import InvalidArgumentError, catalog, files, statuses
from octavo.convert import changes, jobs, pipelines, plain, submissions
from octavo.convert import files as convert_files
from octavo.v1 import file_service_pb2, job_pb2, pipeline_service_pb2, processing_service_pb2, search_service_pb2

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "wire", "values"),
    [
        (jobs.JOB_STATE_OF, job_pb2.JobState, statuses.JobState),
        (jobs.OVERALL_STATUS_OF, job_pb2.OverallStatus, statuses.OverallStatus),
        (jobs.MODULE_STATE_OF, job_pb2.ModuleState, statuses.ModuleState),
        (pipelines.DATA_FORMAT_OF, pipeline_service_pb2.DataFormat, catalog.DataFormat),
    ],
)
def test_every_value_of_the_wire_has_one_here(table, wire, values) -> None:
    assert set(table) == set(wire.values()) - {0}
    assert set(table.values()) == set(values)


def test_every_priority_has_a_value_on_the_wire() -> None:
    assert set(submissions.PRIORITY_TO_WIRE) == set(statuses.Priority)
    assert set(submissions.PRIORITY_TO_WIRE.values()) == set(processing_service_pb2.Priority.values()) - {0}


@pytest.mark.parametrize(
    ("value", "message", "derived"),
    [
        (statuses.Job, processing_service_pb2.ProcessResponse, set()),
        (statuses.JobStatus, processing_service_pb2.ProcessStatusResponse, {"status_code", "process_status"}),
        (statuses.ModuleStatus, job_pb2.ModuleStatus, {"index"}),
        (statuses.DocumentMetadata, job_pb2.DocumentMetadata, set()),
        (statuses.Failure, job_pb2.Failure, set()),
        (statuses.Progress, job_pb2.Progress, set()),
        (statuses.RemovedJob, processing_service_pb2.RemovedJob, set()),
        (files.File, file_service_pb2.File, set()),
        (files.FileQuery, file_service_pb2.FileQuery, set()),
        (files.TreeFile, file_service_pb2.TreeFile, set()),
        (files.FileHits, search_service_pb2.FileHits, set()),
        (files.KeywordHit, search_service_pb2.KeywordHit, set()),
        (files.SearchResult, search_service_pb2.KeywordSearchResponse, {"next_page_token"}),
        (files.FileList, file_service_pb2.ListFilesResponse, {"next_page_token"}),
        (files.Snippet, processing_service_pb2.Snippet, set()),
        (catalog.PipelineInfo, pipeline_service_pb2.Pipeline, set()),
        (catalog.ModuleInfo, pipeline_service_pb2.Module, set()),
        (catalog.ModelInfo, pipeline_service_pb2.Model, set()),
    ],
)
def test_a_value_has_every_field_of_its_message(value, message, derived) -> None:
    known = {field.name for field in dataclasses.fields(value)}
    assert known == set(message.DESCRIPTOR.fields_by_name) - derived


def test_a_running_job_tells_module_and_progress() -> None:
    snapshot = processing_service_pb2.ProcessStatusResponse(
        state=job_pb2.JOB_STATE_RUNNING, overall_status=job_pb2.OVERALL_STATUS_ONGOING, revision=7
    )
    snapshot.modules.add(name="parser", key="parser", state=job_pb2.MODULE_STATE_SUCCEEDED, warnings=["slow"])
    snapshot.modules.add(
        name="parser",
        key="parser_2",
        state=job_pb2.MODULE_STATE_RUNNING,
        progress=job_pb2.Progress(unit="page", completed=3, total=9),
    )
    snapshot.create_time.FromDatetime(datetime(2026, 1, 2, tzinfo=UTC))

    status = jobs.job_status(snapshot)

    assert status.process_status == {"parser": True, "parser_2": False}
    assert status.current is not None
    assert status.current.progress == statuses.Progress("page", 3, 9)
    assert status.warnings == ("parser: slow",)
    assert status.failure is None
    assert status.create_time == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_failure_is_told() -> None:
    snapshot = processing_service_pb2.ProcessStatusResponse(
        state=job_pb2.JOB_STATE_FAILED,
        overall_status=job_pb2.OVERALL_STATUS_FAILED,
        failure=job_pb2.Failure(module="parser", reason="NO_TEXT", message="no text"),
    )

    status = jobs.job_status(snapshot)

    assert status.failure == statuses.Failure("parser", "NO_TEXT", "no text")
    assert status.current is None


def test_options_become_messages() -> None:
    options = submissions.modules_to_wire({"parser": {"model": "fixed", "params": {"chunk_size": 10}}, "other": {}})

    assert options["parser"].model == "fixed"
    assert dict(options["parser"].params) == {"chunk_size": 10}
    assert options["other"].model == ""


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"modus": "x"}, "modules.parser"),
        ({"params": {"a": object()}}, "modules.parser.params"),
        ({"params": {"a": 10**400}}, "modules.parser.params"),
        ({"model": "\ud800"}, "model"),
    ],
)
def test_options_that_fit_no_message_are_refused(choice, field) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        submissions.modules_to_wire({"parser": choice})
    assert caught.value.field == field


def test_whole_numbers_come_back_whole() -> None:
    model = pipeline_service_pb2.Model(name="fixed")
    param = model.params.add(name="chunk_size", minimum=4)
    param.default_value.number_value = 10
    module = pipeline_service_pb2.Module(
        name="parser",
        input_format=pipeline_service_pb2.DATA_FORMAT_DOCUMENT,
        output_format=pipeline_service_pb2.DATA_FORMAT_JSON,
        models=[model],
    )

    (found,) = pipelines.module_info(module).models[0].params

    assert found.default == 10
    assert isinstance(found.default, int)
    assert (found.minimum, found.maximum) == (4, None)


def test_an_absent_duration_stays_absent() -> None:
    assert plain.duration(None) is None
    seconds = plain.duration(1.5)
    assert seconds is not None
    assert seconds.ToMilliseconds() == 1_500


def filled_file() -> file_service_pb2.File:
    file = file_service_pb2.File(
        file_id="f",
        request_id="r",
        pipeline="p",
        file_name="a.txt",
        symbolic_directory_path="/a",
        file_tags=[job_pb2.FileTag(key="k", value="v")],
        file_description="",
        state=job_pb2.JOB_STATE_FAILED,
        modules=[job_pb2.ModuleStatus(name="parser", key="parser", state=job_pb2.MODULE_STATE_FAILED)],
        failure=job_pb2.Failure(module="parser", reason="NO_TEXT", message="no text"),
        size_bytes=5,
    )
    for stamp in (file.create_time, file.update_time, file.expire_time):
        stamp.FromDatetime(NOON)
    return file


def test_a_file_keeps_everything() -> None:
    file = convert_files.file(filled_file())

    assert (file.file_id, file.request_id, file.pipeline, file.size_bytes) == ("f", "r", "p", 5)
    assert file.symbolic_file_path == "/a/a.txt"
    assert file.file_tags == (statuses.FileTag("k", "v"),)
    assert file.file_description == ""
    assert file.state is statuses.JobState.FAILED
    assert file.modules[0].key == "parser"
    assert file.failure == statuses.Failure("parser", "NO_TEXT", "no text")
    assert (file.create_time, file.update_time, file.expire_time) == (NOON, NOON, NOON)


def test_a_file_without_description_or_failure_says_so() -> None:
    message = filled_file()
    message.ClearField("file_description")
    message.ClearField("failure")

    file = convert_files.file(message)

    assert (file.file_description, file.failure) == (None, None)


def test_a_file_at_the_root_has_one_slash() -> None:
    message = filled_file()
    message.symbolic_directory_path = "/"

    assert convert_files.file(message).symbolic_file_path == "/a.txt"


def test_a_query_comes_back_as_it_went() -> None:
    query = files.FileQuery(
        file_ids=("f",),
        file_names=("*.txt",),
        symbolic_directory_paths=("/a/*",),
        symbolic_file_paths=("/a*/x",),
        file_tags=(("k", "*"),),
        create_time_start=NOON,
        create_time_end=NOON,
        update_time_start=NOON,
        update_time_end=NOON,
    )
    message = convert_files.query_to_wire(query)
    assert message is not None

    assert {field.name for field, _ in message.ListFields()} == set(message.DESCRIPTOR.fields_by_name)
    assert convert_files.query(message) == query
    assert query.has_terms


def test_a_query_without_bounds_comes_back_without_bounds() -> None:
    message = convert_files.query_to_wire(files.FileQuery())
    assert message is not None

    assert message.ListFields() == []
    assert convert_files.query(message) == files.FileQuery()
    assert convert_files.query_to_wire(None) is None
    assert not files.FileQuery(create_time_end=NOON).has_terms


def test_a_time_in_another_zone_is_the_same_moment_and_one_without_a_zone_is_utc() -> None:
    cairo = plain.time_to_wire(NOON.astimezone(timezone(timedelta(hours=2))), "x")
    naive = plain.time_to_wire(NOON.replace(tzinfo=None), "x")
    assert cairo is not None
    assert naive is not None

    assert (plain.time(cairo), plain.time(naive)) == (NOON, NOON)


def test_hits_are_told_with_their_file() -> None:
    message = search_service_pb2.FileHits(file=filled_file(), omitted_hit_count=3)
    message.hits.add(keyword="clocks", line_number=2, keyword_number=5)

    found = convert_files.file_hits(message)

    assert found.file.file_id == "f"
    assert found.hits == (files.KeywordHit(keyword="clocks", line_number=2, keyword_number=5),)
    assert found.omitted_hit_count == 3


def test_a_module_tells_what_it_ran_with_and_what_it_made() -> None:
    message = job_pb2.ModuleStatus(
        name="parser",
        key="parser",
        state=job_pb2.MODULE_STATE_SUCCEEDED,
        media_type="application/json",
        output_size_bytes=9,
        facts={"num_lines": 3},
    )
    message.params.update({"chunk_size": 10, "ratio": 0.5, "list": [1, "x"]})

    module = jobs.module_status(message)

    assert module.params == {"chunk_size": 10, "ratio": 0.5, "list": [1, "x"]}
    assert isinstance(module.params["chunk_size"], int)
    assert (module.media_type, module.output_size_bytes, module.facts) == ("application/json", 9, {"num_lines": 3})


def test_statuses_survive_being_sent_between_processes() -> None:
    snapshot = processing_service_pb2.ProcessStatusResponse(
        state=job_pb2.JOB_STATE_RUNNING,
        overall_status=job_pb2.OVERALL_STATUS_ONGOING,
        document=job_pb2.DocumentMetadata(more={"a": "b"}),
    )
    snapshot.modules.add(state=job_pb2.MODULE_STATE_RUNNING, facts={"num_lines": 3})
    status = jobs.job_status(snapshot)

    assert pickle.loads(pickle.dumps(status)) == status


@pytest.mark.parametrize("states", [[statuses.JobState.FAILED], ["failed"]])
def test_states_may_be_written_as_text(states) -> None:
    assert jobs.states_to_wire(states) == [job_pb2.JOB_STATE_FAILED]


@pytest.mark.parametrize("states", [["dead"], "failed"])
def test_other_states_are_refused(states) -> None:
    with pytest.raises(InvalidArgumentError, match="pending, running, succeeded, failed, cancelling, cancelled"):
        jobs.states_to_wire(states)


UNCHANGED: dict[str, Any] = dict.fromkeys(
    (
        "file_name",
        "symbolic_directory_path",
        "symbolic_file_path",
        "file_tags",
        "file_description",
        "expire_seconds",
    )
)


@pytest.mark.parametrize(
    ("argument", "value", "field", "sent"),
    [
        ("file_name", "a.txt", "file_name", "a.txt"),
        ("symbolic_directory_path", "/a", "symbolic_directory_path", "/a"),
        ("symbolic_file_path", "/a/b.txt", "symbolic_file_path", "/a/b.txt"),
        ("file_tags", [("k", "v")], "file_tags", [job_pb2.FileTag(key="k", value="v")]),
        ("file_tags", [], "file_tags", []),
        ("file_description", "", "file_description", ""),
        ("expire_seconds", 60, "expire_after", plain.duration(60)),
    ],
)
def test_what_is_given_is_named_in_the_mask_and_what_is_none_is_not(argument, value, field, sent) -> None:
    request = changes.update_to_wire("f", pipeline="p", **{**UNCHANGED, argument: value})

    assert (request.file_id, request.pipeline) == ("f", "p")
    assert list(request.update_mask.paths) == [field]
    assert getattr(request, field) == sent


def test_every_field_that_can_be_changed_can_be_named() -> None:
    request = changes.update_to_wire("f", pipeline="p", **{**dict.fromkeys(UNCHANGED, ""), "expire_seconds": 1})

    fixed = {"file_id", "pipeline", "update_mask"}
    assert set(request.update_mask.paths) == set(request.DESCRIPTOR.fields_by_name) - fixed


def test_a_change_of_nothing_is_refused_and_says_what_there_is() -> None:
    with pytest.raises(InvalidArgumentError, match=r"at least one of file_name, .* and expire_seconds"):
        changes.update_to_wire("f", pipeline="", **UNCHANGED)


@pytest.mark.parametrize("seconds", [float("inf"), float("-inf"), float("nan"), 1e30, 10**400])
def test_seconds_that_are_none_are_refused_by_their_name(seconds: float) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        plain.duration(seconds, "wait_seconds")
    assert caught.value.field == "wait_seconds"


def test_a_time_that_is_in_no_year_of_utc_is_refused_by_its_name() -> None:
    west = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))
    with pytest.raises(InvalidArgumentError) as caught:
        convert_files.query_to_wire(files.FileQuery(update_time_end=west))
    assert caught.value.field == "update_time_end"


@pytest.mark.parametrize(
    ("make", "fields", "field"),
    [
        (processing_service_pb2.ProcessRequest, {"pipeline": "p", "file_name": "\ud800"}, "file_name"),
        (processing_service_pb2.ProcessStatusRequest, {"request_id": "a", "known_revision": 10**30}, "known_revision"),
        (file_service_pb2.FileQuery, {"file_ids": ["a", "b\udcff"]}, "file_ids"),
    ],
)
def test_what_no_message_can_hold_is_refused_by_its_name(make, fields, field) -> None:
    with pytest.raises(InvalidArgumentError, match=f"^{field}: can't be sent: ") as caught:
        plain.message(make, **fields)
    assert caught.value.field == field


def test_tags_that_no_message_can_hold_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"^file_tags: value: can't be sent: ") as caught:
        jobs.tags_to_wire([("a", "b"), ("c", "\ud800")])
    assert caught.value.field == "file_tags"
