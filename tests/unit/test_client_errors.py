import pickle

import grpc
import grpc.aio
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status

from octavo import errors

TARGET = "127.0.0.1:50051"


def refusal(code: grpc.StatusCode, message: str, *details: object, call_id: str = "c1") -> grpc.aio.AioRpcError:
    status = Status(code=code.value[0], message=message)
    for detail in details:
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    trailing = grpc.aio.Metadata(("octavo-call-id", call_id), ("grpc-status-details-bin", status.SerializeToString()))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, details=message)


def lost(said: str) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(), details=said)


def tree(kind: type[errors.OctavoError]) -> set[type[errors.OctavoError]]:
    own = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return {each for child in own for each in {child} | tree(child)}


def test_every_status_code_has_an_exception() -> None:
    assert set(errors.ERROR_OF) == set(grpc.StatusCode) - {grpc.StatusCode.OK}


def test_every_exception_is_in_the_table_or_the_sdks_own() -> None:
    own = {errors.JobFailedError, errors.NotInitializedError}
    assert set(errors.ERROR_OF.values()) | own == tree(errors.OctavoError)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    for kind in tree(errors.OctavoError):
        base = next((each.__name__ for each in kind.__bases__ if each is not errors.OctavoError), "")
        drawn = f"{kind.__name__} ({base})" if base else f"{kind.__name__} "
        assert drawn in (errors.__doc__ or "")


@pytest.mark.parametrize(
    "kind",
    [errors.InvalidArgumentError, errors.NotFoundError, errors.AlreadyExistsError, errors.UnauthenticatedError],
)
def test_what_scripts_of_the_hosted_product_catch_is_still_caught(kind: type[errors.OctavoError]) -> None:
    assert issubclass(kind, ValueError)


def test_a_refused_field_is_named() -> None:
    violation = error_details_pb2.BadRequest.FieldViolation(field="file_tags[2].key", description="too long")
    error = errors.from_rpc(
        refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            "file_tags[2].key: too long",
            error_details_pb2.ErrorInfo(reason="INVALID_FIELD", domain="octavo"),
            error_details_pb2.BadRequest(field_violations=[violation]),
        ),
        target=TARGET,
    )

    assert isinstance(error, errors.InvalidArgumentError)
    assert (error.field, error.reason, error.call_id) == ("file_tags[2].key", "INVALID_FIELD", "c1")
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert str(error) == "file_tags[2].key: too long"


def test_a_resource_is_named() -> None:
    info = error_details_pb2.ResourceInfo(resource_type="pipeline", resource_name="p")
    error = errors.from_rpc(refusal(grpc.StatusCode.NOT_FOUND, "no pipeline 'p'", info), target=TARGET)

    assert isinstance(error, errors.NotFoundError)
    assert (error.resource_type, error.resource_name) == ("pipeline", "p")


def test_a_full_queue_says_when_to_come_back() -> None:
    delay = Duration()
    delay.FromMilliseconds(1_500)
    info = error_details_pb2.RetryInfo(retry_delay=delay)
    error = errors.from_rpc(refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "the queue is full", info), target=TARGET)

    assert isinstance(error, errors.ResourceExhaustedError)
    assert error.retry_seconds == 1.5


def test_a_failed_precondition_names_its_subject() -> None:
    violation = error_details_pb2.PreconditionFailure.Violation(type="NOT_READY", subject="job/1")
    info = error_details_pb2.PreconditionFailure(violations=[violation])
    error = errors.from_rpc(refusal(grpc.StatusCode.FAILED_PRECONDITION, "not ready", info), target=TARGET)

    assert error.details.subject == "job/1"


def test_a_quota_names_whose_it_is_and_knows_no_time_to_come_back() -> None:
    violation = error_details_pb2.QuotaFailure.Violation(subject="tenant:acme", description="1 GB is used up")
    info = error_details_pb2.QuotaFailure(violations=[violation])
    reason = error_details_pb2.ErrorInfo(reason="QUOTA_STORAGE", domain="octavo")
    error = errors.from_rpc(refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "1 GB is used up", reason, info), target=TARGET)

    assert isinstance(error, errors.ResourceExhaustedError)
    assert (error.details.subject, error.reason, error.retry_seconds) == ("tenant:acme", "QUOTA_STORAGE", None)


def test_a_missing_server_is_told_from_a_stopping_one() -> None:
    missing = errors.from_rpc(
        grpc.aio.AioRpcError(
            grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(), details="Connection refused"
        ),
        target=TARGET,
    )
    info = error_details_pb2.ErrorInfo(reason="SERVER_STOPPING", domain="octavo")
    stopping = errors.from_rpc(refusal(grpc.StatusCode.UNAVAILABLE, "it is stopping", info), target=TARGET)

    assert isinstance(missing, errors.UnavailableError)
    assert isinstance(stopping, errors.UnavailableError)
    assert (missing.target, stopping.target) == (TARGET, "")
    assert "octavo-server serve" in str(missing)
    assert str(stopping) == "it is stopping"


def test_a_failure_of_the_server_says_which_call_to_report() -> None:
    error = errors.from_rpc(refusal(grpc.StatusCode.INTERNAL, "internal error"), target=TARGET)

    assert str(error) == "internal error: its log has the reason (call id c1)"
    assert error.reason == "INTERNAL"


def test_a_refusal_with_a_reason_is_told_in_the_servers_words_alone() -> None:
    info = error_details_pb2.ErrorInfo(reason="UNAUTHENTICATED", domain="octavo")
    with_reason = errors.from_rpc(refusal(grpc.StatusCode.UNAUTHENTICATED, "ask the operator", info), target=TARGET)
    without = errors.from_rpc(refusal(grpc.StatusCode.UNAUTHENTICATED, "no"), target=TARGET)

    assert str(with_reason) == "ask the operator"
    assert str(without) == "no: give an API key that this server knows"


@pytest.mark.parametrize(
    ("said", "is_secure", "advice"),
    [
        ("Socket closed", False, "If it speaks TLS, write https://"),
        ("Ssl handshake failed", True, "If it does not speak TLS, write http://"),
    ],
)
def test_a_connection_that_failed_half_way_may_be_a_matter_of_tls(said: str, *, is_secure: bool, advice: str) -> None:
    error = errors.from_rpc(lost(said), target=TARGET, is_secure=is_secure)

    assert isinstance(error, errors.UnavailableError)
    assert error.tls_advice.startswith(advice)
    assert error.tls_advice in str(error)


@pytest.mark.parametrize("is_secure", [True, False])
def test_where_nobody_listens_tls_is_not_talked_about(*, is_secure: bool) -> None:
    assert "TLS" not in str(errors.from_rpc(lost("Connection refused (111)"), target=TARGET, is_secure=is_secure))


def test_a_dropped_call_is_told_as_a_server_that_stops() -> None:
    error = errors.from_rpc(
        grpc.aio.AioRpcError(grpc.StatusCode.CANCELLED, grpc.aio.Metadata(), grpc.aio.Metadata()), target=TARGET
    )

    assert isinstance(error, errors.UnavailableError)
    assert "try again" in str(error)


def test_details_of_another_status_are_not_believed() -> None:
    foreign = refusal(grpc.StatusCode.NOT_FOUND, "x", error_details_pb2.ErrorInfo(reason="X", domain="octavo"))
    changed = grpc.aio.AioRpcError(grpc.StatusCode.INTERNAL, None, foreign.trailing_metadata(), details="proxy")

    assert errors.details_of(changed).reason == ""


def test_exceptions_survive_being_sent_between_processes() -> None:
    error = errors.JobFailedError("no", module="parser", reason="NO_TEXT", failure_message="no text")

    copy = pickle.loads(pickle.dumps(error))

    assert (str(copy), copy.module, copy.reason) == ("no", "parser", "NO_TEXT")
