"""Signatures of functions, from their source."""

import ast
import importlib
from typing import Any

import griffe

import octavo
from octavo.answers import Answer

_STARS = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}


def signature(name: str, function: Any, *, is_method: bool) -> str:
    """As code; a method's without what it is bound to."""
    lines, is_keyword_only = [], False
    for one in list(function.parameters)[is_method:]:
        if one.kind is griffe.ParameterKind.keyword_only and not is_keyword_only:
            is_keyword_only = True
            lines.append("*,")
        lines.append(f"{_parameter(one, function.module.path)},")
    returned = type_of(function.returns)
    # A generator is iterated over with `async for`, never awaited.
    prefix = "async " if "async" in function.labels and not returned.startswith("AsyncGenerator") else ""
    returns = f" -> {returned}" if returned not in {"", "None"} else ""
    inside = "".join(f"\n    {line}" for line in lines)
    return f"```python\n{prefix}{name}({inside}{chr(10) if lines else ''}){returns}\n```\n"


def type_of(annotation: Any) -> str:
    """As callers know it: without what we only need to name it."""
    text = "" if annotation is None else str(annotation)
    return str(Answer).replace("typing.", "") if text == "Answer" else text.replace("builtins.", "")


def _is_literal(text: str) -> bool:
    """Does it say the same to whoever does not know our names?"""
    try:
        ast.literal_eval(text)
    except ValueError:
        return False
    return True


def _parameter(one: Any, module: str) -> str:
    stars = _STARS.get(one.kind, "")
    typed = f"{stars}{one.name}" + (f": {type_of(one.annotation)}" if one.annotation else "")
    return typed if one.default is None or stars else f"{typed} = {_default(str(one.default), module)}"


def _default(text: str, module: str) -> str:
    if _is_literal(text) or text.partition(".")[0] in octavo.__all__:
        return text
    owner, _, name = text.rpartition(".")
    namespace = vars(importlib.import_module(module))
    return repr(getattr(namespace[owner], name) if owner else namespace[name])
