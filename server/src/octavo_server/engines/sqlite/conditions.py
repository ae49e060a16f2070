"""What a query demands of a job, as a condition of SQL over the index jobs_in_order and the table of tags."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from octavo_server.domain.jobs import JobState
from octavo_server.domain.queries import FileQuery
from octavo_server.domain.terms import DirectoryTerm, NameTerm, PathTerm, TagTerm
from octavo_server.engines.sqlite.statements import filled

ALWAYS = "TRUE"


class Conditions:
    """Conditions that must all hold, and the values they are about."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._all: list[str] = []

    def __str__(self) -> str:
        return " AND ".join(f"({one})" for one in self._all) or ALWAYS

    def add_states(self, states: Collection[JobState]) -> None:
        """In one of these; in any if there are none."""
        if states:
            self._all.append(f"state IN ({', '.join(self._value(state.value) for state in sorted(states))})")

    def add_times(self, query: FileQuery) -> None:
        """Within the query's bounds of time."""
        for column, least, most in (
            ("create_time", query.create_time_min, query.create_time_max),
            ("file_time", query.update_time_min, query.update_time_max),
        ):
            if least is not None:
                self._all.append(f"{column} >= {self._value(least)}")
            if most is not None:
                self._all.append(f"{column} <= {self._value(most)}")

    def add_terms(self, query: FileQuery) -> None:
        """One of the query's terms fits; true if it finds everything."""
        if not query.is_everything:
            self._all.append(" OR ".join(f"({one})" for one in self._terms(query)))

    def add(self, condition: str) -> None:
        """One without values."""
        self._all.append(condition)

    def _terms(self, query: FileQuery) -> Iterator[str]:
        if query.file_ids:
            yield filled("fits_ids", values=self._list(query.file_ids))
        yield from self._texts("name", query.names)
        yield from self._texts("directory", query.directories)
        exact = [term for term in query.paths if term.is_exact]
        if exact:
            yield filled("fits_paths", values=self._list(map(str, exact)))
        for path in query.paths:
            if not path.is_exact:
                yield self._path(path)
        if query.tags:
            yield self._tags(query.tags)

    def _texts(self, column: str, terms: Sequence[NameTerm] | Sequence[DirectoryTerm]) -> Iterator[str]:
        exact = [term.text for term in terms if term.is_exact]
        if exact:
            yield filled("fits_texts", column=column, values=self._list(exact))
        for term in terms:
            if not term.is_exact:
                yield f"{column} GLOB {self._value(str(term))}"

    def _path(self, term: PathTerm) -> str:
        return f"directory GLOB {self._value(str(term.directory))} AND name GLOB {self._value(str(term.name))}"

    def _tags(self, terms: Sequence[TagTerm]) -> str:
        pairs = self._list(f"{term.key}={term.value}" for term in terms if term.value is not None)
        keys = self._list(term.key for term in terms if term.value is None)
        return filled("fits_tags", pairs=pairs, keys=keys)

    def _list(self, values: Any) -> str:
        return f"json_each({self._value(json.dumps(list(values)))})"

    def _value(self, value: Any) -> str:
        name = f"fits{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def conditions(query: FileQuery, states: Collection[JobState], *, with_terms: bool) -> Conditions:
    """What a job has to be like; `with_terms`: also that a term fits."""
    made = Conditions()
    made.add_states(states)
    made.add_times(query)
    if with_terms:
        made.add_terms(query)
    return made
