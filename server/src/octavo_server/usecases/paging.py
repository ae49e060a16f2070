"""How large the pages of lists are."""

from dataclasses import dataclass

from octavo_server.domain.errors import InvalidArgumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSizes:
    """How many items a page has if nobody asks for a number, and at most."""

    default: int
    most: int

    def chosen(self, asked: int, *, field: str = "page_size") -> int:
        """The number asked for; 0 stands for the default. Raises InvalidArgumentError, naming `field`."""
        if not 0 <= asked <= self.most:
            raise InvalidArgumentError(field, f"must be 1 to {self.most}, or 0 for {self.default}; {asked} is not")
        return asked or self.default


LISTS = PageSizes(default=100, most=1_000)
TREES = PageSizes(default=1_000, most=10_000)
