"""Pages that fit into a message, and tokens that only their own query takes."""

from collections.abc import Iterator

import pytest

from octavo.v1 import file_service_pb2 as files
from octavo.v1 import processing_service_pb2 as processing
from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import TenantId
from octavo_server.rpc import pages
from octavo_server.rpc.caller import TENANT

QUERY = files.ListFilesRequest(pipeline="p", query=files.FileQuery(file_names=["a*"]))


def snippets(count: int, size: int) -> Iterator[tuple[processing.Snippet, int]]:
    return ((processing.Snippet(snippet="x" * size), position) for position in range(count))


def test_a_page_that_fits_is_whole() -> None:
    page = pages.filled(snippets(10, 100), 99)
    assert (len(page.messages), page.next) == (10, 99)
    assert pages.filled(snippets(10, 100), None).next is None


def test_a_page_that_does_not_fit_ends_early_and_goes_on_behind_what_fits() -> None:
    page = pages.filled(snippets(100, pages.PAGE_BYTES_MAX // 10), None)
    assert (len(page.messages), page.next) == (9, 8)
    assert sum(message.ByteSize() for message in page.messages) <= pages.PAGE_BYTES_MAX


def test_a_page_has_one_item_at_least() -> None:
    page = pages.filled(snippets(2, pages.PAGE_BYTES_MAX + 1), None)
    assert (len(page.messages), page.next) == (1, 0)


def test_a_token_is_taken_by_its_own_query_whatever_the_size_of_its_pages() -> None:
    token = pages.token_for(QUERY, 7)
    same = files.ListFilesRequest()
    same.CopyFrom(QUERY)
    same.page_size, same.page_token = 5, token
    assert pages.whole_position(same, token) == 7
    assert pages.text_position(QUERY, pages.token_for(QUERY, "/ü.txt")) == "/ü.txt"
    assert pages.token_for(QUERY, None) == ""
    assert pages.whole_position(QUERY, "") is None


def test_a_token_of_another_query_method_or_tenant_is_refused() -> None:
    token = pages.token_for(QUERY, 7)
    other = files.ListFilesRequest(pipeline="p")
    for request in (other, files.ShowTreeRequest(pipeline="p"), processing.ListProcessesRequest(pipeline="p")):
        with pytest.raises(InvalidArgumentError, match="page_token"):
            pages.whole_position(request, token)
    reset = TENANT.set(TenantId("another"))
    with pytest.raises(InvalidArgumentError, match="page_token"):
        pages.whole_position(QUERY, token)
    TENANT.reset(reset)


@pytest.mark.parametrize("position", ["-1", "1.5", "", "9" * 30, "0" * 20 + "9" * 5_000, "x", "٣"])
def test_a_forged_position_is_refused(position: str) -> None:
    with pytest.raises(InvalidArgumentError, match="page_token"):
        pages.whole_position(QUERY, pages.token_for(QUERY, position))


@pytest.mark.parametrize("token", ["p1", "p1.x.y", "7", "p1." + "0" * pages.QUERY_DIGEST_CHARS + ".Nw=="])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidArgumentError, match="page_token"):
        pages.text_position(QUERY, token)
