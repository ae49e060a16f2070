"""The site has every page in its navigation, and dead links are found."""

from pathlib import Path

from docsite.links import dead_in_repository, dead_in_site
from docsite.markdown import headings, map_links, section, slug
from docsite.navigation import navigation
from docsite.pages import all_pages
from docsite.places import ROOT


def test_every_page_has_its_place_in_the_navigation() -> None:
    pages = all_pages()
    placed = [place for _, entries in navigation(list(pages)) for _, place in entries]

    assert len(placed) == len(set(placed))
    assert set(placed) <= set(pages)
    docs = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert docs <= set(placed)


def test_a_new_guide_gets_its_place_by_itself() -> None:
    pages = [*all_pages(), "zebras.md"]

    assert (None, "zebras.md") in dict(navigation(pages))["Use it"]


def test_the_documents_of_the_repository_have_no_dead_link() -> None:
    assert dead_in_repository() == []


def test_dead_links_in_documents_are_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "code.py").write_text("one\ntwo\n")
    (tmp_path / "docs" / "guide.md").write_text("# Guide\n\n## What `it` is\n\n[up](../README.md#start)\n")
    (tmp_path / "README.md").write_text(
        "# Start\n\n[a](docs/guide.md#what-it-is) [b](docs/guide.md#nothing) [c](docs/no.md) [d](code.py#L2)\n"
        "[e](code.py#L3) [f](../secret) [g](docs/reference/errors.md) [h](https://example.org/x) `[i](no)`\n"
        "```\n[j](no)\n```\n[k]: nowhere.md\n"
    )

    dead = dead_in_repository(tmp_path)

    assert dead == [
        "README.md: docs/guide.md#nothing: no such anchor",
        "README.md: docs/no.md: no such file",
        "README.md: code.py#L3: no such anchor",
        "README.md: ../secret: is outside the repository",
        "README.md: docs/reference/errors.md: is only on the site",
        "README.md: nowhere.md: no such file",
    ]


def test_dead_links_and_foreign_scripts_in_pages_are_found(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "page.html").write_text('<h1 id="here">x</h1><a href="../index.html#top">up</a>')
    (tmp_path / "index.html").write_text(
        '<i id="top"></i><a href="deep/page.html#here">a</a><a href="deep/page.html#there">b</a><a href="#top">c</a>'
        '<a href="gone.html">d</a><script src="https://cdn.example/x.js"></script><a href="https://example.org">e</a>'
    )

    assert dead_in_site(tmp_path) == [
        "index.html: https://cdn.example/x.js: is loaded from elsewhere",
        "index.html: deep/page.html#there: no such anchor",
        "index.html: gone.html: no such page",
    ]


def test_a_section_ends_where_the_next_of_its_level_begins() -> None:
    text = "# T\n\n## One\n\na\n\n### Deep\n\n```\n## no heading\n```\n\n## Two\n\nb\n"

    assert section(text, "one") == "## One\n\na\n\n### Deep\n\n```\n## no heading\n```\n"
    assert section(text, "three") is None
    assert [title for _, _, title in headings(text)] == ["T", "One", "Deep", "Two"]


def test_anchors_are_those_of_the_repository_view() -> None:
    assert slug("From any language: the stubs are the SDK") == "from-any-language-the-stubs-are-the-sdk"
    assert slug("`make_it` & [more](x.md)") == "make_it--more"


def test_only_links_outside_code_are_changed() -> None:
    assert map_links("[a](b) `[c](d)` [`e`](f)\n", str.upper) == "[a](B) `[c](d)` [`e`](F)\n"
