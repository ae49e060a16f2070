"""A method that only some pipelines have."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from octavo.facade.identity import Identity

P = ParamSpec("P")
R = TypeVar("R")
Owner = TypeVar("Owner", bound="Identity")


class Restricted(Generic[Owner, P, R]):
    """The method as an attribute that is not there for other pipelines."""

    def __init__(self, function: Callable[Concatenate[Owner, P], R], last_module: str) -> None:
        self._function = function
        self._last_module = last_module
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, pipeline: None, owner: type) -> Callable[Concatenate[Owner, P], R]: ...

    @overload
    def __get__(self, pipeline: Owner, owner: type) -> Callable[P, R]: ...

    def __get__(self, pipeline: Owner | None, owner: type) -> Callable[Concatenate[Owner, P], R] | Callable[P, R]:
        """Raises AttributeError for a pipeline that does not have it."""
        if pipeline is None:
            return self._function
        if pipeline.last_module != self._last_module:
            # Identity.__getattr__ says it in the hosted product's words.
            raise AttributeError(self._function.__name__)
        return MethodType(self._function, pipeline)


def only_after(last_module: str) -> Callable[[Callable[Concatenate[Owner, P], R]], Restricted[Owner, P, R]]:
    """A method of pipelines whose chain ends with `last_module`; others don't have the attribute."""
    return lambda function: Restricted(function, last_module)
