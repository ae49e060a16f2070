"""The page of the Python SDK: all public names of `octavo`, from its source."""

from typing import Any

import griffe

import octavo
from docsite.markdown import anchored, code, heading, prose, table
from docsite.places import CLIENT

_GROUPS = (
    ("For scripts", lambda one: one.is_function or one.is_attribute or one.name == "Pipeline"),
    ("Asynchronous client", lambda one: one.name in {"Client", "Patience"}),
    ("Exceptions", lambda one: one.name.endswith("Error")),
    ("Enums", lambda one: "Enum" in "".join(map(str, one.bases))),
    ("Values", lambda _: True),
)
_INTRODUCTION = """# Python SDK

All that `import octavo` offers. Scripts use `init`, `create_pipeline` and a `Pipeline`; services use the asynchronous
`Client`. Everything is typed.
"""


def sdk_page() -> str:
    """Each public name with its docstring, members and signature."""
    package = griffe.load("octavo", search_paths=[CLIENT.parent])
    left = {name: _target(package[name]) for name in octavo.__all__}
    parts = [_INTRODUCTION]
    for title, belongs in _GROUPS:
        mine = [name for name, one in left.items() if belongs(one)]
        parts.append(f"\n## {title}\n")
        parts += [_entry(name, left.pop(name)) for name in mine]
    return "\n".join(parts)


def _entry(name: str, one: Any) -> str:
    head = heading(3, code(name), name)
    if one.is_attribute:
        return "\n".join([head, f"{code(f'octavo.{name}: {one.annotation}')}\n", _told(one)])
    if one.is_function:
        return "\n".join([head, _signature(f"octavo.{name}", one, is_method=False), _told(one)])
    members = {key: _target(member) for key, member in one.all_members.items() if not key.startswith("_")}
    parts = [head, _bases(one), _told(one)]
    if _is_made_by_callers(one) and "__init__" in one.all_members:
        constructor = _target(one.all_members["__init__"])
        parts += [_signature(name, constructor), _told(constructor)]
    parts.append(_attributes(name, members))
    for key, member in members.items():
        if member.is_function:
            parts += [heading(4, code(f"{name}.{key}"), f"{name}.{key}"), _signature(key, member), _told(member)]
    return "\n".join(parts)


def _is_made_by_callers(one: Any) -> bool:
    return one.name in {"Client", "Patience", "FileTag"}


def _target(member: Any) -> Any:
    return member.final_target if member.is_alias else member


def _bases(one: Any) -> str:
    named = ", ".join(
        f"[{code(base)}](#{base})" if str(base) in octavo.__all__ else code(base) for base in map(str, one.bases)
    )
    return f"A kind of {named}.\n" if named else ""


def _attributes(owner: str, members: dict[str, Any]) -> str:
    rows = (
        (
            anchored(f"{owner}.{key}", code(key)),
            code(member.annotation) if member.annotation else code(member.value) if member.value else "",
            _told(member),
        )
        for key, member in members.items()
        if member.is_attribute
    )
    return table(("attribute", "type or value", "meaning"), rows)


def _signature(name: str, function: Any, *, is_method: bool = True) -> str:
    parameters = list(function.parameters)[is_method:]
    lines, is_keyword_only = [], False
    for one in parameters:
        if one.kind is griffe.ParameterKind.keyword_only and not is_keyword_only:
            is_keyword_only = True
            lines.append("*,")
        lines.append(f"{_parameter(one)},")
    prefix = "async " if "async" in function.labels else ""
    returns = f" -> {function.returns}" if function.returns and str(function.returns) != "None" else ""
    inside = "".join(f"\n    {line}" for line in lines)
    return f"```python\n{prefix}{name}({inside}{chr(10) if lines else ''}){returns}\n```\n"


def _parameter(one: Any) -> str:
    stars = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}.get(one.kind, "")
    typed = f"{stars}{one.name}" + (f": {one.annotation}" if one.annotation else "")
    return typed if one.default is None or stars else f"{typed} = {one.default}"


def _told(one: Any) -> str:
    if not one.docstring:
        return ""
    parts = []
    for part in one.docstring.parse("google", warnings=False):
        match part.kind:
            case griffe.DocstringSectionKind.text:
                parts.append(prose(part.value))
            case griffe.DocstringSectionKind.parameters:
                parts.append(
                    table(("argument", "meaning"), ((code(arg.name), prose(arg.description)) for arg in part.value))
                )
            case griffe.DocstringSectionKind.admonition:
                parts.append(f"{part.title}: {prose(part.value.description)}")
            case _:
                parts.append("\n".join(f"{part.kind.value}: {prose(item.description)}" for item in part.value))
    return "\n\n".join(parts) + "\n"
