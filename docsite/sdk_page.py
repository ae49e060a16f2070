"""The page of the Python SDK: all public names of `octavo`, from its source."""

from typing import Any

import griffe

import octavo
from docsite.markdown import anchored, code, heading, prose, table
from docsite.places import CLIENT
from docsite.signatures import signature

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
        return "\n".join([head, signature(f"octavo.{name}", one, is_method=False), _told(one)])
    members = _members(one)
    parts = [head, _bases(one), _told(one)]
    if _is_made_by_callers(one) and "__init__" in one.all_members:
        constructor = _target(one.all_members["__init__"])
        parts += [signature(name, constructor, is_method=True), _told(constructor)]
    parts.append(_attributes(name, members))
    for key, member in members.items():
        if member.is_function:
            parts += [
                heading(4, code(f"{name}.{key}"), f"{name}.{key}"),
                signature(key, member, is_method=member.parent.is_class),
                _told(member),
            ]
    return "\n".join(parts)


def _is_made_by_callers(one: Any) -> bool:
    return one.name in {"Client", "Patience", "FileTag"}


def _target(member: Any) -> Any:
    return member.final_target if member.is_alias else member


def _members(one: Any) -> dict[str, Any]:
    """All that callers can use, but for what a base tells on this page."""
    owners = [one, *(base for base in one.mro() if base.name not in octavo.__all__)]
    members: dict[str, Any] = {}
    for owner in owners:
        for key, member in owner.members.items():
            if not key.startswith("_"):
                members.setdefault(key, _meant(member))
    return members


def _meant(member: Any) -> Any:
    """What a name stands for: `init = staticmethod(login.init)` is the function."""
    target = _target(member)
    value = target.value if target.is_attribute else None
    if isinstance(value, griffe.ExprCall) and str(value.function) == "staticmethod":
        return target.package[value.arguments[0].canonical_path.removeprefix(f"{target.package.name}.")]
    return target


def _bases(one: Any) -> str:
    """Those that callers know; what only our own classes are made of is shown as theirs."""
    known = (str(base) for base in one.bases if not base.canonical_path.startswith("octavo.") or _is_public(base))
    named = ", ".join(f"[{code(base)}](#{base})" if base in octavo.__all__ else code(base) for base in known)
    return f"A kind of {named}.\n" if named else ""


def _is_public(base: Any) -> bool:
    return str(base) in octavo.__all__


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
