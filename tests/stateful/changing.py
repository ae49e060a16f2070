"""Rules that change what a pipeline holds."""

from dataclasses import replace
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import StatusCode
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from octavo.v1 import file_service_pb2 as files_wire
from octavo.v1 import processing_service_pb2 as wire
from octavo.v1.job_pb2 import JOB_STATE_CANCELLED, JOB_STATE_FAILED, JOB_STATE_PENDING, JOB_STATE_SUCCEEDED
from tests.stateful import choices
from tests.stateful.checked import Checked, tag_messages
from tests.stateful.choices import SECONDS_A_TICK
from tests.stateful.model import HeldFile, Submission, behind

RESTART_ONE_IN = 10
"""A restart takes as long as two hundred calls."""

which = st.integers(0, 7)
has_files = precondition(lambda self: self.model.files)


class Changing(Checked):
    """Submits, updates, cancels, retries, deletes; lets time pass, and ends the server."""

    @initialize(
        chain=st.sampled_from(choices.CHAINS), submissions=st.lists(choices.submissions, min_size=1, max_size=4)
    )
    def begin(self, chain: tuple[str, ...], submissions: list[Submission]) -> None:
        self.make_pipeline(chain)
        self.sent: list[Submission] = []
        self.submit_some(submissions)

    @rule(submissions=st.lists(choices.submissions, min_size=1, max_size=3))
    def submit_some(self, submissions: list[Submission]) -> None:
        for submission in submissions:
            self.sent.append(submission)
            self.submit(submission)

    @rule(submission=choices.submissions)
    def submit_and_cancel(self, submission: Submission) -> None:
        self.submit(submission)
        # Mostly the one just submitted, which has not ended.
        self.cancel_one(list(self.model.files.values())[-1])

    @rule(at=which)
    def submit_again(self, at: int) -> None:
        self.submit(self.sent[at % len(self.sent)])

    def submit(self, submission: Submission) -> None:
        request = _request(self.pipeline, submission)
        answer = self.world.caller("Process", request)
        known = self.model.of_key(submission.key)
        if known is not None:
            sent_then, file = known
            if sent_then != submission:
                assert answer == StatusCode.ALREADY_EXISTS
            else:
                assert answer.deduplicated
                assert (answer.file_id, answer.request_id) == (file.file_id, file.request_id)
        elif submission.name and self.model.has_path(_path(submission)):
            assert answer == StatusCode.ALREADY_EXISTS
        else:
            self._accepted(answer, submission)

    @rule(fields=choices.bad_submissions)
    def submit_what_breaks_a_rule(self, fields: dict[str, Any]) -> None:
        request = wire.ProcessRequest(**{"pipeline": self.pipeline, "content": b"One.", **fields})
        assert self.world.caller("Process", request) == StatusCode.INVALID_ARGUMENT

    @has_files
    @rule(
        at=which,
        changes=st.fixed_dictionaries(
            {},
            optional={
                "name": choices.stems.filter(bool),
                "directory": choices.directories.filter(bool),
                "tags": choices.tags,
                "description": choices.descriptions,
                "lifetime": choices.lifetimes,
            },
        ),
    )
    def update(self, at: int, changes: dict[str, Any]) -> None:
        file = self.held(at)
        wanted = _changed(file, changes, self.model.tick)
        answer = self.world.caller("UpdateFile", _update_request(file, changes))
        if not changes:
            assert answer == StatusCode.INVALID_ARGUMENT
        elif self.model.has_path(wanted.path, but=file.file_id):
            assert answer == StatusCode.ALREADY_EXISTS
        else:
            self.check_file(answer.file, wanted)

    @has_files
    @rule(at=which)
    def delete(self, at: int) -> None:
        file = self.held(at)
        self.ask("DeleteFile", files_wire.DeleteFileRequest(file_id=file.file_id))
        self.forget(file.file_id)
        self.model.remove(file.file_id)

    @has_files
    @rule(at=which)
    def cancel(self, at: int) -> None:
        self.cancel_one(self.held(at))

    def cancel_one(self, file: HeldFile) -> None:
        answer = self.world.caller("CancelProcess", wire.CancelProcessRequest(request_id=file.request_id))
        if answer == StatusCode.FAILED_PRECONDITION:
            # It may have ended since the last look; then it did as its document wants.
            self.model.put(file.seen(file.document.end))
        else:
            assert file.states - {JOB_STATE_SUCCEEDED, JOB_STATE_FAILED}
            self.check_status(answer.status, file.asked_to_stop())

    @has_files
    @rule(at=which)
    def retry(self, at: int) -> None:
        file = self.held(at)
        answer = self.world.caller("RetryProcess", wire.RetryProcessRequest(request_id=file.request_id))
        again = file.states & {JOB_STATE_FAILED, JOB_STATE_CANCELLED}
        if answer == StatusCode.FAILED_PRECONDITION:
            assert file.states - again
        else:
            assert again
            assert answer.status.state == JOB_STATE_PENDING
            self.check_status(answer.status, file.started())

    @rule(ticks=st.sampled_from([1, 2, 5]))
    def pass_time(self, ticks: int) -> None:
        self.world.pass_time(ticks)
        self.model.pass_time(ticks)
        for listing in self.listings:
            listing.must.intersection_update(self.model.files)

    @rule(luck=st.integers(1, RESTART_ONE_IN), is_crash=st.booleans())
    def restart(self, luck: int, is_crash: bool) -> None:
        if luck == RESTART_ONE_IN:
            self.world.restart(is_crash=is_crash)

    @rule()
    def wait(self) -> None:
        self.settle()

    def _accepted(self, answer: wire.ProcessResponse | StatusCode, submission: Submission) -> None:
        assert not isinstance(answer, StatusCode), (answer, submission)
        assert not answer.deduplicated
        assert answer.file_name == submission.name.lower() or not submission.name
        assert answer.file_name.endswith(submission.document.extension)
        file = HeldFile(
            file_id=answer.file_id,
            request_id=answer.request_id,
            name=answer.file_name,
            directory=_directory(submission),
            tags=tuple((key.lower(), value.lower()) for key, value in submission.tags),
            description=submission.description or None,
            document=submission.document,
            expire_tick=self.model.tick + submission.lifetime,
            states=behind(JOB_STATE_PENDING, submission.document.end),
        )
        assert file.file_id not in self.model.files
        assert answer.symbolic_directory_path == file.directory
        self.model.put(file)
        if submission.key:
            self.model.keys[submission.key] = (submission, file.file_id)


def _directory(submission: Submission) -> str:
    return (submission.directory or "/etc").lower()


def _path(submission: Submission) -> str:
    return f"{_directory(submission).rstrip('/')}/{submission.name.lower()}"


def _request(pipeline: str, submission: Submission) -> wire.ProcessRequest:
    return wire.ProcessRequest(
        pipeline=pipeline,
        content=submission.document.content,
        file_name=submission.name,
        source_file_name=f"source{submission.document.extension}",
        symbolic_directory_path=submission.directory,
        file_tags=tag_messages(submission.tags),
        file_description=submission.description or None,
        expire_after=_duration(submission.lifetime),
        idempotency_key=submission.key,
    )


def _duration(ticks: int) -> Duration:
    # Half a tick early, so that neither clock has to be exact.
    return Duration(seconds=ticks * SECONDS_A_TICK - SECONDS_A_TICK // 2)


_FIELDS = {
    "name": "file_name",
    "directory": "symbolic_directory_path",
    "tags": "file_tags",
    "description": "file_description",
    "lifetime": "expire_after",
}


def _update_request(file: HeldFile, changes: dict[str, Any]) -> files_wire.UpdateFileRequest:
    return files_wire.UpdateFileRequest(
        file_id=file.file_id,
        update_mask=FieldMask(paths=[_FIELDS[name] for name in changes]),
        file_name=f"{changes['name']}{file.document.extension}" if "name" in changes else "",
        symbolic_directory_path=changes.get("directory", ""),
        file_tags=tag_messages(changes.get("tags", [])),
        file_description=changes.get("description") or None,
        expire_after=_duration(changes["lifetime"]) if "lifetime" in changes else None,
    )


def _changed(file: HeldFile, changes: dict[str, Any], tick: int) -> HeldFile:
    fields: dict[str, Any] = {}
    if "name" in changes:
        fields["name"] = f"{changes['name']}{file.document.extension}".lower()
    if "directory" in changes:
        fields["directory"] = (changes["directory"] or "/etc").lower()
    if "tags" in changes:
        fields["tags"] = tuple((key.lower(), value.lower()) for key, value in changes["tags"])
    if "description" in changes:
        fields["description"] = changes["description"] or None
    if "lifetime" in changes:
        fields["expire_tick"] = tick + changes["lifetime"]
    return replace(file, **fields)
