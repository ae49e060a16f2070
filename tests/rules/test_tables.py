"""Tables that must be complete."""

from octavo.v1 import job_pb2, pipeline_service_pb2
from octavo.v1 import processing_service_pb2 as processing
from octavo_server.domain.errors import OctavoError
from octavo_server.domain.jobs import JobState, ModuleState, Priority
from octavo_server.domain.modules import Format
from octavo_server.rpc import convert
from octavo_server.rpc.errors import STATUS_OF


def test_every_error_has_a_status_code() -> None:
    assert set(STATUS_OF) == set(OctavoError.__subclasses__())


def test_every_job_state_has_its_value_on_the_wire() -> None:
    assert set(convert.JOB_STATE) == set(JobState) == set(convert.OVERALL)
    assert set(convert.JOB_STATE.values()) == set(job_pb2.JobState.values()) - {job_pb2.JOB_STATE_UNSPECIFIED}
    assert set(convert.OVERALL.values()) == set(job_pb2.OverallStatus.values()) - {job_pb2.OVERALL_STATUS_UNSPECIFIED}


def test_every_module_state_has_its_value_on_the_wire() -> None:
    assert set(convert.MODULE_STATE) == set(ModuleState)
    assert set(convert.MODULE_STATE.values()) == set(job_pb2.ModuleState.values()) - {job_pb2.MODULE_STATE_UNSPECIFIED}


def test_every_priority_on_the_wire_is_understood() -> None:
    assert set(convert.PRIORITY) == set(processing.Priority.values())
    assert set(convert.PRIORITY.values()) == set(Priority)


def test_every_format_has_its_value_on_the_wire() -> None:
    assert set(convert.FORMAT) == set(Format)
    assert set(convert.FORMAT.values()) == set(pipeline_service_pb2.DataFormat.values()) - {
        pipeline_service_pb2.DATA_FORMAT_UNSPECIFIED
    }
