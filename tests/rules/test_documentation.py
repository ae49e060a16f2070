"""What must be documented by hand is."""

import importlib
import pkgutil

from docsite.markdown import section
from docsite.places import ROOT
from docsite.reasons import find_reasons

import octavo.v1
from octavo_server.extractors import chain
from octavo_server.modules import MODULES

README = (ROOT / "README.md").read_text()
DOCUMENTS_PAGE = (ROOT / "docs" / "documents.md").read_text()


def test_the_readme_names_every_rpc() -> None:
    names = {
        method.name
        for module in pkgutil.iter_modules(octavo.v1.__path__)
        if module.name.endswith("_pb2")
        for service in importlib.import_module(f"octavo.v1.{module.name}").DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }

    assert len(names) > 10
    assert {name for name in names if f"`{name}`" not in README} == set()


def test_every_reason_a_job_fails_for_is_explained() -> None:
    reasons = find_reasons().of_jobs
    explained = section(DOCUMENTS_PAGE, "when-a-job-fails")

    assert explained
    assert len(reasons) > 10
    assert {reason for reason in reasons if f"| `{reason}` |" not in explained} == set()


def test_every_extractor_has_its_line() -> None:
    names = {extractor.name for extractors in chain.ORDER.values() for extractor in extractors}

    assert {name for name in names if f"`{name}`" not in DOCUMENTS_PAGE} == set()


def test_every_module_is_told_of_in_a_guide() -> None:
    guides = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))

    assert {name for name in MODULES if f"`{name}`" not in guides} == set()
