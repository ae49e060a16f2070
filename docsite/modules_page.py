"""The page of all modules, from their specs."""

from itertools import chain

from docsite.markdown import anchored, code, heading, prose, table
from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.modules import ModelSpec, ModuleSpec, ModuleSpecs, WholeParam
from octavo_server.domain.pipelines import valid_chain
from octavo_server.modules import module_specs

_INTRODUCTION = """# Modules

The steps that a pipeline's chain can be made of, as this version has them;
[ListModules](pipeline-service.md#PipelineService.ListModules) tells those of a running server, plug-ins included. A
module that takes file types can stand first; behind another one stands what reads what that one writes.
"""


def modules_page() -> str:
    """Each module: formats, file types, what fits after it, models and params."""
    specs = module_specs(has_tika_server=True)
    overview = table(
        ("module", "reads", "writes", "what it does"),
        (
            (f"[{code(name)}](#{name})", *_formats(spec), prose(spec.description))
            for name, spec in sorted(specs.items())
        ),
    )
    return "\n".join([_INTRODUCTION, overview, *(_module(specs[name], specs) for name in sorted(specs))])


def _module(spec: ModuleSpec, specs: ModuleSpecs) -> str:
    reads, writes = _formats(spec)
    followers = sorted(name for name, other in specs.items() if _fits(spec, other, specs))
    facts = [
        f"- **Reads** {reads}" + (f", each object with the key {code(spec.input_key)}" if spec.input_key else ""),
        f"- **Writes** {writes}" + (f", each object with the key {code(spec.output_key)}" if spec.output_key else ""),
        f"- **After it** {', '.join(f'[{code(name)}](#{name})' for name in followers) or 'nothing; it ends a chain'}",
    ]
    if spec.extensions:
        facts.append(f"- **File types** {' '.join(map(code, spec.extensions))}")
    parts = [heading(2, code(spec.name), spec.name), f"{prose(spec.description)}\n", *facts]
    return "\n".join(chain(parts, (_model(spec, model) for model in spec.models)))


def _fits(before: ModuleSpec, after: ModuleSpec, specs: ModuleSpecs) -> bool:
    """Would a server make that chain?"""
    try:
        valid_chain((before.name, after.name), specs)
    except InvalidArgumentError:
        return False
    return True


def _formats(spec: ModuleSpec) -> tuple[str, str]:
    return spec.input_format.value, spec.output_format.value


def _model(spec: ModuleSpec, model: ModelSpec) -> str:
    default = " (the default)" if model is spec.models[0] else ""
    head = heading(3, f"Model {code(model.name)}{default}", f"{spec.name}.{model.name}")
    rows = (
        (
            anchored(f"{spec.name}.{model.name}.{param.name}", code(param.name)),
            code(param.default),
            f"{param.minimum:,} to {param.maximum:,}"
            if isinstance(param, WholeParam)
            else ", ".join(map(code, param.choices)),
            prose(param.description),
        )
        for param in model.params
    )
    return "\n".join(
        [
            head,
            f"{prose(model.description)}\n",
            table(("param", "default", "allowed", "meaning"), rows) or "No params.\n",
        ]
    )
