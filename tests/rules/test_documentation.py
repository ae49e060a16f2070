"""What must be documented is."""

import re
from pathlib import Path

from octavo.v1 import file_service_pb2, pipeline_service_pb2, processing_service_pb2
from octavo_server.extractors import chain
from octavo_server.extractors.base import UNAVAILABLE
from octavo_server.modules import MODULES
from octavo_server.settings import PREFIX, Settings
from octavo_server.usecases.advance import TIME_LIMIT

ROOT = Path(__file__).parents[2]
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text()
README = (ROOT / "README.md").read_text()
DOCUMENTS_PAGE = (ROOT / "docs" / "documents.md").read_text()
SOURCES = ROOT / "server" / "src" / "octavo_server"
_GIVEN_REASON = re.compile(r'(?:RefusalError|CannotExtractError|Refused|Crashed|refused_header)\(\s*"([A-Z_]+)"')


def test_every_setting_has_a_line_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        row = next((line for line in SETTINGS_PAGE.splitlines() if f"`{PREFIX}{name.upper()}`" in line), None)
        assert row, name
        if field.default_factory is None and field.default not in (None, False):
            assert f"| {_shown(field.default)} |" in row, row


def test_the_readme_names_every_rpc() -> None:
    for module in (processing_service_pb2, file_service_pb2, pipeline_service_pb2):
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                assert f"`{method.name}`" in README, method.full_name


def test_every_reason_a_job_fails_for_is_explained() -> None:
    sources = [
        path.read_text()
        for folder in ("worker", "usecases", "modules", "extractors", "relays")
        for path in (SOURCES / folder).rglob("*.py")
    ]
    reasons = {reason for source in sources for reason in _GIVEN_REASON.findall(source)} | {TIME_LIMIT, UNAVAILABLE}

    assert len(reasons) > 10
    assert {reason for reason in reasons if f"| `{reason}` |" not in DOCUMENTS_PAGE} == set()


def test_every_extractor_and_every_module_has_its_line() -> None:
    names = {extractor.name for extractors in chain.ORDER.values() for extractor in extractors} | set(MODULES)

    assert {name for name in names if f"`{name}`" not in DOCUMENTS_PAGE} == set()


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else f"`{value}`"
