"""Settings: read once, refused by name."""

from pathlib import Path

import pytest

from octavo_server.api_keys import ApiKeysError, read_api_keys
from octavo_server.settings import SettingsError, read_settings


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_WORKERS", "3")
    assert read_settings({}, {}).workers == 3
    assert read_settings({"workers": 5}, {}).workers == 5


def test_an_unknown_variable_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="OCTAVO_WORKER is not a setting"):
        read_settings({}, {"OCTAVO_WORKER": "3"})


def test_the_variables_of_the_command_are_none_of_our_business() -> None:
    read_settings({}, {"OCTAVO_SERVER": "x:1", "OCTAVO_API_KEY": "k"})


@pytest.mark.parametrize("listen", ["", "host", "host:", ":50051", "host:x", "host:70000"])
def test_an_address_that_is_none_is_refused(listen: str) -> None:
    with pytest.raises(SettingsError, match="--listen"):
        read_settings({"listen": listen}, {})


@pytest.mark.parametrize(
    ("listen", "is_loopback"),
    [
        ("127.0.0.1:0", True),
        ("127.8.8.8:1", True),
        ("[::1]:1", True),
        ("localhost:1", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("10.0.0.1:1", False),
        ("example.org:1", False),
    ],
)
def test_only_loopback_addresses_are_private(listen: str, is_loopback: bool) -> None:
    assert read_settings({"listen": listen}, {}).is_loopback is is_loopback


def test_a_key_file_has_a_tenant_and_a_key_a_line(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("# comment\n\nacme 0123456789abcdef\nacme fedcba9876543210\n")
    assert read_api_keys(path) == {"0123456789abcdef": "acme", "fedcba9876543210": "acme"}


@pytest.mark.parametrize("text", ["", "# none", "acme short", "acme", "a/b 0123456789abcdef", "acme 0123 456789abcdef"])
def test_a_key_file_with_a_bad_line_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(ApiKeysError) as caught:
        read_api_keys(path)
    assert "0123" not in str(caught.value)
