"""A page for each proto file: its calls with what goes in and out, then all other messages and enums."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grpc import StatusCode

from docsite.contract import PACKAGE, Enum, Field, File, Message, Rpc, Service, read_contract, relative_name
from docsite.markdown import anchored, code, first_sentence, heading, prose, table

ERRORS_PAGE = "errors.md"
_CODE_NAME = re.compile(rf"\b({'|'.join(code.name for code in StatusCode if '_' in code.name)}|UNAVAILABLE)\b(?=:)")


def page_of(file: File) -> str:
    """The name of its page in reference/."""
    return file.path.rpartition("/")[2].removesuffix(".proto").replace("_", "-") + ".md"


def title_of(file: File) -> str:
    """How the navigation calls its page."""
    return file.services[0].name if file.services else "Shared messages"


def names_in(file: File) -> list[str]:
    """Of its messages and enums."""
    return [message.name for message in file.messages] + [enum.name for enum in file.enums]


def contract_pages() -> dict[str, str]:
    """Each page's Markdown, by its name in reference/."""
    files = read_contract()
    owners = {name: page_of(file) for file in files for name in names_in(file)}
    return {page_of(file): _Page(file, owners).text() for file in files}


def contract_index() -> str:
    """A table of all calls, each with its first sentence."""
    rows = (
        (_call_link(service, rpc, page_of(file)), first_sentence(prose(rpc.comment)))
        for file in read_contract()
        for service in file.services
        for rpc in service.rpcs
    )
    return table(("call", "what it does"), rows)


def _call_link(service: Service, rpc: Rpc, page: str) -> str:
    return f"[{service.name}.{rpc.name}]({page}#{service.name}.{rpc.name})"


@dataclass(frozen=True, slots=True)
class _Page:
    file: File
    owners: dict[str, str]
    """The page of each message and enum."""

    def text(self) -> str:
        messages = {message.name: message for message in self.file.messages}
        parts = [
            f"# {title_of(self.file)}\n",
            f"Package `{PACKAGE}`, file [{self.file.path}](../../protos/{self.file.path}).\n",
        ]
        for service in self.file.services:
            parts.append(prose(service.comment) + "\n")
            for rpc in service.rpcs:
                parts += self._rpc(service, rpc)
                mine = (messages.pop(relative_name(name), None) for name in (rpc.request, rpc.response))
                parts += [self._message(one, level=3) for one in mine if one]
        if self.file.services and (messages or self.file.enums):
            parts.append("\n## Further messages and enums\n")
        level = 3 if self.file.services else 2
        parts += [self._message(message, level=level) for message in messages.values()]
        parts += [_enum(enum, level=level) for enum in self.file.enums]
        return "\n".join(parts)

    def _rpc(self, service: Service, rpc: Rpc) -> Iterator[str]:
        yield heading(2, rpc.name, f"{service.name}.{rpc.name}")
        request = _flow(self._link(rpc.request), is_stream=rpc.is_request_stream)
        response = _flow(self._link(rpc.response), is_stream=rpc.is_response_stream)
        yield f"{request} → {response}\n"
        yield _CODE_NAME.sub(rf"[`\1`]({ERRORS_PAGE}#\1)", prose(rpc.comment)) + "\n"

    def _message(self, message: Message, *, level: int) -> str:
        oneofs = (f"`{name}`: {prose(comment)}\n" for name, comment in message.oneofs)
        fields = table(("#", "field", "type", "meaning"), (self._row(message, field) for field in message.fields))
        told = fields or "Has no fields.\n"
        return "\n".join([heading(level, message.name, message.name), f"{prose(message.comment)}\n", *oneofs, told])

    def _row(self, message: Message, field: Field) -> tuple[str, ...]:
        type_name = self._link(field.type.full_name) if field.type.full_name else code(field.type.text)
        if field.key_type:
            type_name = f"map of `{field.key_type}` to {type_name}"
        marks = "".join(f" *{mark}*" for mark in field.marks)
        if field.oneof:
            marks += f" *one of* `{field.oneof}`"
        name = anchored(f"{message.name}.{field.name}", code(field.name))
        return str(field.number), name, type_name + marks, prose(field.comment)

    def _link(self, full_name: str) -> str:
        name = relative_name(full_name)
        return f"[{name}]({self.owners[name]}#{name})" if name in self.owners else code(name)


def _enum(enum: Enum, *, level: int) -> str:
    rows = (
        (str(value.number), anchored(f"{enum.name}.{value.name}", code(value.name)), prose(value.comment))
        for value in enum.values
    )
    return "\n".join(
        [heading(level, enum.name, enum.name), f"{prose(enum.comment)}\n", table(("#", "value", "meaning"), rows)]
    )


def _flow(link: str, *, is_stream: bool) -> str:
    return f"*stream of* {link}" if is_stream else link
