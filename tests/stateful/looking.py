"""Rules that look at what a pipeline holds, each in its own way."""

from grpc import StatusCode
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from octavo.v1 import file_service_pb2 as files_wire
from octavo.v1 import processing_service_pb2 as wire
from octavo.v1.job_pb2 import JOB_STATE_FAILED, JOB_STATE_SUCCEEDED
from octavo.v1.search_service_pb2 import KeywordSearchRequest
from tests.stateful import choices
from tests.stateful.changing import has_files, which
from tests.stateful.checked import Checked, Listing, tag_messages
from tests.stateful.model import Query, State, fits

page_sizes = st.integers(1, 3)
ORDERS = {False: files_wire.SORT_ORDER_NEWEST_FIRST, True: files_wire.SORT_ORDER_OLDEST_FIRST}
LISTINGS_MAX = 3


class Looking(Checked):
    """Asks for status, lists, draws, searches."""

    @has_files
    @rule(at=which)
    def one_file(self, at: int) -> None:
        file = self.held(at)
        self.check_file(self.ask("GetFile", files_wire.GetFileRequest(file_id=file.file_id)).file, file)
        file = self.held(at)
        self.check_status(self.ask("ProcessStatus", wire.ProcessStatusRequest(request_id=file.request_id)), file)

    @precondition(lambda self: self.model.gone)
    @rule(at=which)
    def what_is_gone(self, at: int) -> None:
        gone = sorted(self.model.gone)[at % len(self.model.gone)]
        for method, request in (
            ("GetFile", files_wire.GetFileRequest(file_id=gone)),
            ("UpdateFile", files_wire.UpdateFileRequest(file_id=gone, symbolic_directory_path="/b")),
            ("DeleteFile", files_wire.DeleteFileRequest(file_id=gone)),
            ("ProcessStatus", wire.ProcessStatusRequest(request_id=gone)),
            ("CancelProcess", wire.CancelProcessRequest(request_id=gone)),
            ("RetryProcess", wire.RetryProcessRequest(request_id=gone)),
        ):
            assert self.world.caller(method, request) == StatusCode.NOT_FOUND, (method, gone)

    @rule(query=choices.queries, states=choices.states, oldest_first=st.booleans(), page_size=page_sizes)
    def list_files(self, query: Query, states: tuple[State, ...], oldest_first: bool, page_size: int) -> None:
        if states:
            self.settle()
        request = files_wire.ListFilesRequest(
            pipeline=self.pipeline,
            query=_query_message(query),
            states=states,
            order=ORDERS[oldest_first],
            page_size=page_size,
        )
        pages = list(self.pages("ListFiles", request))
        told = [one for page in pages for one in page.files]
        self.check_files(told, self.model.found(query, states, oldest_first=oldest_first))
        listed = self.model.found(Query(), states)
        assert pages[0].unmatched == _query_message(query.unmatched(listed))

    @has_files
    @rule(at=which)
    def list_from_a_time_on(self, at: int) -> None:
        file = self.held(at)
        created = self.ask("GetFile", files_wire.GetFileRequest(file_id=file.file_id)).file.create_time
        request = files_wire.ListFilesRequest(pipeline=self.pipeline, order=ORDERS[True])
        request.query.create_time_start.CopyFrom(created)
        held = self.model.found(Query(), oldest_first=True)
        position = [one.file_id for one in held].index(file.file_id)
        self.check_files(self.ask("ListFiles", request).files, held[position:])

    @precondition(lambda self: self.model.files and len(self.listings) < LISTINGS_MAX)
    @rule(oldest_first=st.booleans(), page_size=page_sizes)
    def begin_to_list(self, oldest_first: bool, page_size: int) -> None:
        request = files_wire.ListFilesRequest(pipeline=self.pipeline, order=ORDERS[oldest_first], page_size=page_size)
        listing = Listing(request, must=set(self.model.files))
        page = self.ask("ListFiles", request)
        listing.told += [one.file_id for one in page.files]
        if page.next_page_token:
            request.page_token = page.next_page_token
            self.listings.append(listing)

    @precondition(lambda self: self.listings)
    @rule()
    def list_the_rest(self) -> None:
        listing = self.listings.pop(0)
        for page in self.pages("ListFiles", listing.request):
            assert {one.file_id for one in page.files} <= set(self.model.files)
            listing.told += [one.file_id for one in page.files]
        assert len(set(listing.told)) == len(listing.told), "a file was told twice"
        assert listing.must <= set(listing.told), "a file was skipped"

    @rule(directory=choices.trees, states=choices.states, page_size=page_sizes)
    def show_tree(self, directory: str, states: tuple[State, ...], page_size: int) -> None:
        self.settle()
        request = files_wire.ShowTreeRequest(
            pipeline=self.pipeline, symbolic_directory_path=directory, states=states, page_size=page_size
        )
        told = [one for page in self.pages("ShowTree", request) for one in page.files]
        expected = [file for file in self.model.found(Query(), states) if fits(file.directory, directory or "/*")]
        assert sorted((file.path, file.file_id, *file.states) for file in expected) == [
            (one.symbolic_file_path, one.file_id, one.state) for one in told
        ]

    @rule(states=choices.states, page_size=page_sizes)
    def list_processes(self, states: tuple[State, ...], page_size: int) -> None:
        self.settle()
        request = wire.ListProcessesRequest(pipeline=self.pipeline, states=states, page_size=page_size)
        told = [one for page in self.pages("ListProcesses", request) for one in page.processes]
        expected = self.model.found(Query(), states)
        assert [one.request_id for one in told] == [file.request_id for file in expected]
        for one, file in zip(told, expected, strict=True):
            self.check_status(one, file)

    @rule(words=choices.searches, query=choices.queries, oldest_first=st.booleans(), page_size=page_sizes)
    def search(self, words: list[str], query: Query, oldest_first: bool, page_size: int) -> None:
        request = KeywordSearchRequest(
            pipeline=self.pipeline,
            query=" ".join(words),
            files=_query_message(query),
            order=ORDERS[oldest_first],
            page_size=page_size,
        )
        if "keyword-db" not in self.chain:
            assert self.world.caller("KeywordSearch", request) == StatusCode.FAILED_PRECONDITION
            return
        self.settle()
        told = [one for page in self.pages("KeywordSearch", request) for one in page.files]
        sought = {"river" if word == "rivers" else word for word in words}
        expected = [
            file
            for file in self.model.found(query, (JOB_STATE_SUCCEEDED,), oldest_first=oldest_first)
            if file.document.words & sought
        ]
        self.check_files([one.file for one in told], expected)
        assert [{hit.keyword for hit in one.hits} for one in told] == [
            file.document.words & sought for file in expected
        ]

    @has_files
    @rule(at=which)
    def read_snippets(self, at: int) -> None:
        self.settle()
        file = self.held(at)
        request = wire.ListSnippetsRequest(request_id=file.request_id, module="parser")
        if file.states == {JOB_STATE_SUCCEEDED}:
            text = " ".join(one.snippet for one in self.ask("ListSnippets", request).snippets)
            assert all(word in text for word in file.document.words)
        elif file.states == {JOB_STATE_FAILED}:
            assert self.world.caller("ListSnippets", request) == StatusCode.FAILED_PRECONDITION


def _query_message(query: Query) -> files_wire.FileQuery:
    """In lower case, as the server tells terms."""
    return files_wire.FileQuery(
        file_ids=query.file_ids,
        file_names=[name.lower() for name in query.names],
        symbolic_directory_paths=[directory.lower() for directory in query.directories],
        symbolic_file_paths=[path.lower() for path in query.paths],
        file_tags=tag_messages([(key.lower(), value.lower()) for key, value in query.tags]),
    )
