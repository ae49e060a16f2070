"""Modules of other packages: what is taken, and what is refused in words that name who is to blame."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.modules import (
    ChoiceParam,
    Format,
    ModelSpec,
    ModuleSpec,
    Params,
    WholeParam,
    valid_params,
)
from octavo_server.domain.pipelines import fitting_after, valid_chain
from octavo_server.extractors.base import Report
from octavo_server.modules import MODULES, module_specs
from octavo_server.modules.base import Input, Output
from octavo_server.modules.plug_ins import PlugIn, PlugInError, find_plug_ins, with_plug_ins
from octavo_server.modules.spec_rules import BrokenSpecError, check_module
from octavo_server.worker.registry import Registry
from tests.plug_ins import write_plug_in

WHOLE = WholeParam(name="size", description="A size.", default=2, minimum=1, maximum=3)
CHOICE = ChoiceParam(name="kind", description="A kind.", default="a", choices=("a", "b"))
MODEL = ModelSpec(name="only", description="The only one.", params=(WHOLE, CHOICE))
SPEC = ModuleSpec(
    name="mine",
    description="Mine.",
    input_format=Format.TEXT,
    output_format=Format.JSON,
    extensions=(".csv", ".txt"),
    models=(MODEL,),
    output_key="word",
)
SOURCE = """
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.modules.base import Output

class Mine:
    spec = ModuleSpec(name="mine", description="Mine.", input_format=Format.TEXT, output_format=Format.TEXT,
                      extensions=(), models=(ModelSpec(name="only", description="The only one."),))

    def run(self, given, report):
        return Output(data=b"mine", media_type="text/plain")

    def warm_ups(self):
        return iter(())

mine = Mine()
"""


THREADED = """
import threading
threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()
"""


def fail(params: object) -> None:
    """A rule that fails."""
    raise KeyError(params)


class Mine:
    def __init__(self, spec: ModuleSpec) -> None:
        self.spec = spec

    def run(self, given: Input, report: Report) -> Output:
        return Output(data=b"mine", media_type="text/plain")

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        return iter(())


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder that packages are imported from."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in ("a_plug_in", "another_plug_in"):
        sys.modules.pop(name, None)


def with_kinds(**changes: Any) -> ModuleSpec:
    return replace(SPEC, models=(replace(MODEL, params=(replace(CHOICE, **changes),)),))


def loaded() -> dict[str, object]:
    return dict(with_plug_ins(MODULES, find_plug_ins()))


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES.keys())
def test_our_own_modules_keep_the_rules_of_plug_ins(module: Any) -> None:
    check_module(module, name=module.spec.name)


def test_without_plug_ins_there_are_our_modules() -> None:
    assert loaded() == dict(MODULES)


@pytest.mark.parametrize("attribute", ["Mine", "mine"])
def test_a_class_or_an_object_becomes_a_module_beside_ours(installed: Path, attribute: str) -> None:
    write_plug_in(installed, SOURCE, entry=f"mine = a_plug_in:{attribute}")
    (plug_in,) = find_plug_ins()

    assert plug_in == PlugIn(
        name="mine", value=f"a_plug_in:{attribute}", distribution="a-plug-in 1.0", folder=str(installed)
    )
    assert set(loaded()) == {*MODULES, "mine"}
    specs = module_specs(has_tika_server=False, modules=with_plug_ins(MODULES, [plug_in]))
    assert specs["mine"].description == "Mine."


def test_a_child_is_told_what_was_found_and_where_its_code_is(installed: Path) -> None:
    write_plug_in(installed, SOURCE)
    registry = Registry(
        package="octavo_server.modules", plug_ins=find_plug_ins(), output_factors={"mine": 2}, indexers=("mine",)
    )

    read = Registry.from_text(registry.to_text())

    assert read == registry
    assert set(read.load()) == {*MODULES, "mine"}
    assert {str(installed), str(installed / "a_plug_in.py")} <= set(read.code_folders())


@pytest.mark.parametrize(
    ("source", "entry", "says"),
    [
        (SOURCE, "parser = a_plug_in:Mine", "the name 'parser' is taken by a module of Octavo"),
        ("import nothing_of_that_name", "mine = a_plug_in:Mine", "can't be loaded: ModuleNotFoundError: No module"),
        ("raise ValueError('broken')", "mine = a_plug_in:Mine", "can't be loaded: ValueError: broken"),
        ("def", "mine = a_plug_in:Mine", "can't be loaded: SyntaxError"),
        (SOURCE, "mine = a_plug_in:Nothing", "can't be loaded: AttributeError"),
        ("class Mine:\n    def __init__(self, x): pass", "mine = a_plug_in:Mine", "can't be loaded: TypeError"),
        (SOURCE, "mine = a_plug_in", "must be written as `name = package.module:attribute`"),
        ("Mine = 7", "mine = a_plug_in:Mine", "its `spec` must be a ModuleSpec"),
        ("raise SystemExit(3)", "mine = a_plug_in:Mine", "can't be loaded: SystemExit: 3"),
        (THREADED + SOURCE, "mine = a_plug_in:Mine", "importing it starts a thread"),
        (SOURCE, "yours = a_plug_in:Mine", "its spec's name is 'mine'; the entry point must have the same"),
    ],
)
def test_a_broken_plug_in_is_named_with_its_distribution(installed: Path, source: str, entry: str, says: str) -> None:
    write_plug_in(installed, source, entry=entry)

    with pytest.raises(PlugInError) as error:
        loaded()

    name, _, value = entry.partition(" = ")
    assert str(error.value).startswith(f"plug-in '{name}' ({value}) of a-plug-in 1.0: ")
    assert says in str(error.value)


def test_two_plug_ins_of_one_name_are_refused_with_both_owners(installed: Path) -> None:
    write_plug_in(installed, SOURCE)
    write_plug_in(installed, SOURCE, entry="mine = another_plug_in:Mine", name="another-plug-in")

    with pytest.raises(PlugInError, match=r"of another-plug-in 1\.0: .* taken by a module of a-plug-in 1\.0"):
        loaded()


def test_a_spec_within_bounds_is_taken() -> None:
    check_module(Mine(SPEC), name="mine")


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (replace(SPEC, name="Mine"), "its name must have 1 to 64 characters"),
        (replace(SPEC, name="m" * 65), "its name must have 1 to 64 characters"),
        (replace(SPEC, description=""), "the module must have a description"),
        (replace(SPEC, description="a\x1b[1m"), "the module must have a description"),
        (replace(SPEC, description="x" * 501), "the module must have a description"),
        (replace(SPEC, input_format="text"), "must be a Format"),
        (replace(SPEC, output_key=""), "its output_key must be a name in lower case"),
        (replace(SPEC, input_key="word"), "its input_key must be empty, since its input is no JSON"),
        (replace(SPEC, extensions=[".txt"]), "its extensions must be a tuple"),
        (replace(SPEC, extensions=(".txt", ".csv")), "its extensions must be sorted"),
        (replace(SPEC, extensions=("txt",)), "its extensions must be sorted, in lower case, with their dot"),
        (replace(SPEC, output_factor=0), "its output_factor must be 1 to 50"),
        (replace(SPEC, output_factor=True), "its output_factor must be 1 to 50"),
        (replace(SPEC, models=()), "its models must be a tuple of 1 to 200"),
        (replace(SPEC, models=(MODEL, MODEL)), "names of models and aliases must differ"),
        (replace(SPEC, models=(replace(MODEL, aliases=("only",)),)), "names of models and aliases must differ"),
        (replace(SPEC, models=(replace(MODEL, name="a b"),)), "names of models and aliases may have letters"),
        (replace(SPEC, models=(replace(MODEL, params=(WHOLE, WHOLE)),)), "names of params of model only must differ"),
        (replace(SPEC, models=(replace(MODEL, params=("size",)),)), "its params of model only must be a tuple"),
        (
            replace(SPEC, models=(replace(MODEL, params=(replace(WHOLE, default=9),)),)),
            "param size of model only: the default must be from the minimum to the maximum",
        ),
        (
            replace(SPEC, models=(replace(MODEL, params=(replace(WHOLE, maximum=2.5),)),)),
            "param size of model only: numbers must be whole",
        ),
        (
            replace(SPEC, models=(replace(MODEL, params=(replace(CHOICE, default="c"),)),)),
            "param kind of model only: the default must be one of the choices",
        ),
        (replace(SPEC, extensions=(".csv", ".csv")), "its extensions must be sorted"),
        (replace(SPEC, models=(replace(MODEL, aliases=""),)), "its aliases of model only must be a tuple"),
        (with_kinds(choices=("a", "a")), "param kind of model only: choices must differ"),
        (with_kinds(not_here=("a",)), "param kind of model only: choices must differ, also from those of not_here"),
        (with_kinds(not_here="c"), "its not_here of param kind of model only must be a tuple"),
        (with_kinds(choices=("a", "")), "param kind of model only: choices must have 1 to 500 printable characters"),
        (
            replace(SPEC, models=(replace(MODEL, rule=fail),)),
            "the rule of model only fails with KeyError",
        ),
        (
            replace(SPEC, models=(replace(MODEL, rule=lambda _params: "must be odd"),)),
            "the rule of model only must return None, or the name of a param and a sentence",
        ),
        (
            replace(SPEC, models=(replace(MODEL, rule=lambda _params: ("other", "must be odd")),)),
            "the rule of model only must return None, or the name of a param and a sentence",
        ),
        (
            replace(SPEC, models=(replace(MODEL, rule=lambda _params: ("size", "must be odd")),)),
            "the defaults of model only break its own rule",
        ),
    ],
)
def test_a_spec_out_of_bounds_is_refused(spec: ModuleSpec, says: str) -> None:
    with pytest.raises(BrokenSpecError) as error:
        check_module(Mine(spec), name=spec.name)

    assert says in str(error.value)


def test_json_follows_json_only_if_it_has_the_key_that_is_read() -> None:
    specs = {**module_specs(has_tika_server=False), "mine": SPEC}

    with pytest.raises(InvalidArgumentError) as refused:
        valid_chain(["json-to-txt", "mine", "json-to-txt"], specs)

    assert refused.value.violation.field == "module_chain[2]"
    says = refused.value.violation.description
    assert says.startswith("json-to-txt reads json with the key 'snippet', but mine before it writes json with the key")
    assert says.endswith("'word'; nothing can come after mine")
    assert fitting_after(SPEC, specs) == ()
    reader = replace(SPEC, name="reader", input_format=Format.JSON, input_key="word")
    assert fitting_after(SPEC, {**specs, "reader": reader}) == ("reader",)
    assert valid_chain(["parser", "json-to-txt", "mine"], specs) == ("parser", "json-to-txt", "mine")


def test_a_rule_that_fails_on_what_a_caller_gives_refuses_that() -> None:
    def rule(params: Params) -> None:
        if params["size"] == WHOLE.maximum:
            sys.exit(3)

    model = replace(MODEL, rule=rule)
    check_module(Mine(replace(SPEC, models=(model,))), name="mine")
    assert valid_params(model, {"size": 1}, field="params")["size"] == 1

    with pytest.raises(InvalidArgumentError, match="the rule of model only fails with SystemExit") as refused:
        valid_params(model, {"size": WHOLE.maximum}, field="params")
    assert refused.value.violation.field == "params"


def test_a_module_without_its_methods_is_refused() -> None:
    module: Any = SimpleNamespace(spec=SPEC, run=lambda: None)

    with pytest.raises(BrokenSpecError, match="it must have a method `warm_ups`"):
        check_module(module, name="mine")
