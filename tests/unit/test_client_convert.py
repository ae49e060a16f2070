import dataclasses
from datetime import UTC, datetime

import pytest

from octavo import InvalidArgumentError, catalog, convert, statuses
from octavo.v1 import job_pb2, pipeline_service_pb2, processing_service_pb2


@pytest.mark.parametrize(
    ("table", "wire", "values"),
    [
        (convert.JOB_STATE_OF, job_pb2.JobState, statuses.JobState),
        (convert.OVERALL_STATUS_OF, job_pb2.OverallStatus, statuses.OverallStatus),
        (convert.MODULE_STATE_OF, job_pb2.ModuleState, statuses.ModuleState),
        (convert.DATA_FORMAT_OF, pipeline_service_pb2.DataFormat, catalog.DataFormat),
    ],
)
def test_every_value_of_the_wire_has_one_here(table, wire, values) -> None:
    assert set(table) == set(wire.values()) - {0}
    assert set(table.values()) == set(values)


def test_every_priority_has_a_value_on_the_wire() -> None:
    assert set(convert.PRIORITY_TO_WIRE) == set(statuses.Priority)
    assert set(convert.PRIORITY_TO_WIRE.values()) == set(processing_service_pb2.Priority.values()) - {0}


def test_a_snapshot_keeps_everything_but_what_can_be_derived() -> None:
    derived = {"status_code", "process_status"}
    known = {field.name for field in dataclasses.fields(statuses.JobStatus)}
    assert known == set(processing_service_pb2.ProcessStatusResponse.DESCRIPTOR.fields_by_name) - derived


def test_a_submitted_job_keeps_everything() -> None:
    known = {field.name for field in dataclasses.fields(statuses.Job)}
    assert known == set(processing_service_pb2.ProcessResponse.DESCRIPTOR.fields_by_name)


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

    status = convert.job_status(snapshot)

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

    status = convert.job_status(snapshot)

    assert status.failure == statuses.Failure("parser", "NO_TEXT", "no text")
    assert status.current is None


def test_options_become_messages() -> None:
    options = convert.modules_to_wire({"parser": {"model": "fixed", "params": {"chunk_size": 10}}, "other": {}})

    assert options["parser"].model == "fixed"
    assert dict(options["parser"].params) == {"chunk_size": 10}
    assert options["other"].model == ""


@pytest.mark.parametrize(
    ("choice", "field"),
    [({"modus": "x"}, "modules.parser"), ({"params": {"a": object()}}, "modules.parser.params")],
)
def test_options_that_fit_no_message_are_refused(choice, field) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        convert.modules_to_wire({"parser": choice})
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

    (found,) = convert.module_info(module).models[0].params

    assert found.default == 10
    assert isinstance(found.default, int)
    assert (found.minimum, found.maximum) == (4, None)


def test_an_absent_duration_stays_absent() -> None:
    assert convert.duration(None) is None
    seconds = convert.duration(1.5)
    assert seconds is not None
    assert seconds.ToMilliseconds() == 1_500
