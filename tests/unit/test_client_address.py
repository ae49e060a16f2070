import pytest

from octavo import InvalidArgumentError
from octavo.address import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:50051", Address("127.0.0.1", 50051, is_secure=False)),
        ("http://octavo.example:80/", Address("octavo.example", 80, is_secure=False)),
        ("https://octavo.example", Address("octavo.example", 443, is_secure=True)),
        ("https://octavo.example:8443", Address("octavo.example", 8443, is_secure=True)),
        ("octavo", Address("octavo", 50051, is_secure=False)),
        ("[::1]:7", Address("[::1]", 7, is_secure=False)),
    ],
)
def test_an_address_says_host_port_and_tls(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "ftp://x", "https://x/api", "a b", "x:port", "http://"])
def test_what_is_no_address_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="must be host:port") as caught:
        parse_address(text)
    assert caught.value.field == "address"


def test_a_proxy_is_not_asked_for_this_machine() -> None:
    assert parse_address("127.0.0.1:1").is_loopback
    assert parse_address("localhost:1").is_loopback
    assert not parse_address("10.0.0.1:1").is_loopback
