"""What must be documented is."""

from pathlib import Path

from octavo.v1 import file_service_pb2, pipeline_service_pb2, processing_service_pb2
from octavo_server.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text()
README = (ROOT / "README.md").read_text()


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


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else f"`{value}`"
