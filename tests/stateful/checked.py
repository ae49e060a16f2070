"""What every rule needs: the server, the model beside it, and the check that both hold the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from grpc import StatusCode
from hypothesis.stateful import RuleBasedStateMachine, invariant

from octavo.v1 import file_service_pb2 as files_wire
from octavo.v1 import processing_service_pb2 as wire
from octavo.v1.job_pb2 import JOB_STATE_FAILED, FileTag
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest, DeletePipelineRequest
from tests.stateful import choices
from tests.stateful.model import FINAL, HeldFile, Model
from tests.stateful.world import World

END_SECONDS_MAX = 30
PAGE_SIZE_MAX = 1_000


@dataclass
class Listing:
    """Pages of all files, of which only some were read so far."""

    request: files_wire.ListFilesRequest
    must: set[str]
    """Files that were there at the first page, and still are."""
    told: list[str] = field(default_factory=list)


class Checked(RuleBasedStateMachine):
    """A pipeline on the server, and its model."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.pipeline = self.world.new_pipeline()
        self.model = Model()
        self.revisions: dict[str, int] = {}
        self.listings: list[Listing] = []

    def make_pipeline(self, chain: tuple[str, ...]) -> None:
        self.chain = chain
        self.ask("CreatePipeline", CreatePipelineRequest(name=self.pipeline, module_chain=chain))

    @invariant()
    def the_server_lists_what_the_model_holds(self) -> None:
        request = files_wire.ListFilesRequest(pipeline=self.pipeline, page_size=PAGE_SIZE_MAX)
        self.check_files(self.ask("ListFiles", request).files, self.model.found(choices.Query()))

    def teardown(self) -> None:
        self.world.caller("DeletePipeline", DeletePipelineRequest(name=self.pipeline, force=True))

    # What rules do

    def ask(self, method: str, request: Message) -> Message:
        """The answer to a call that must not be refused."""
        answer = self.world.caller(method, request)
        assert not isinstance(answer, StatusCode), (method, answer, request)
        return answer

    def held(self, at: int) -> HeldFile:
        """One of the files; there must be one."""
        held = list(self.model.files.values())
        return held[at % len(held)]

    def pages(self, method: str, request: Message) -> Iterator[Message]:
        """All pages, from the one that the request asks for."""
        while True:
            page = self.ask(method, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def check_files(self, told: list[files_wire.File], expected: list[HeldFile]) -> None:
        """Exactly these, in this order, with all that is known of them."""
        assert [one.file_id for one in told] == [file.file_id for file in expected]
        for one, file in zip(told, expected, strict=True):
            self.check_file(one, file)

    def check_file(self, told: files_wire.File, file: HeldFile) -> None:
        assert told.request_id == file.request_id
        assert told.pipeline == self.pipeline
        assert (told.symbolic_directory_path, told.file_name) == (file.directory, file.name)
        assert tuple((tag.key, tag.value) for tag in told.file_tags) == file.tags
        assert (told.file_description if told.HasField("file_description") else None) == file.description
        assert told.size_bytes == len(file.document.content)
        assert told.HasField("failure") == (told.state == JOB_STATE_FAILED)
        self.model.put(file.seen(told.state))

    def check_status(self, told: wire.ProcessStatusResponse, file: HeldFile) -> None:
        """A job in one of the states that it may be in, with a revision that never falls."""
        assert (told.request_id, told.file_id) == (file.request_id, file.file_id)
        assert told.revision >= self.revisions.get(told.request_id, 1)
        assert [module.name for module in told.modules] == list(self.chain)
        assert told.HasField("failure") == (told.state == JOB_STATE_FAILED)
        self.revisions[told.request_id] = told.revision
        self.model.put(file.seen(told.state))

    def settle(self) -> None:
        """Wait until all jobs have ended."""
        for file in list(self.model.files.values()):
            if file.states <= FINAL and len(file.states) == 1:
                continue
            request = wire.ProcessStatusRequest(request_id=file.request_id, wait=Duration(seconds=END_SECONDS_MAX))
            told = self.ask("ProcessStatus", request)
            while told.state not in FINAL:
                request.known_revision = told.revision
                told = self.ask("ProcessStatus", request)
            self.check_status(told, file)

    def forget(self, file_id: str) -> None:
        """A file is gone, or is about to go: no listing has to tell it any more."""
        for listing in self.listings:
            listing.must.discard(file_id)


def tag_messages(tags: Iterable[tuple[str, str]]) -> list[FileTag]:
    return [FileTag(key=key, value=value) for key, value in tags]
