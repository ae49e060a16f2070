"""One document through the server, by the SDK as its users do it."""

import asyncio
import json
import time
from contextlib import aclosing
from pathlib import Path

import octavo
from octavo import JobState, JobStatus
from tests.hostile.result import End, Result

PIPELINE = "hostile"
_NOT_OUR_FAULT = (octavo.UnavailableError, octavo.ServerError, octavo.DeadlineExceededError, octavo.DataLossError)
_WARNING_CHARS_MAX = 120


class Trial:
    """Runs documents; each gets `seconds_max` until it counts as never ending."""

    def __init__(self, client: octavo.Client, *, secret: str, seconds_max: float) -> None:
        self._client = client
        self._secret = secret
        self._seconds_max = seconds_max

    async def run(self, path: Path) -> Result:
        """Never raises for what the document or the server does."""
        begin = time.monotonic()
        end, fields = End.NO_END, {"message": f"nothing was heard for {self._seconds_max:g} s"}
        try:
            async with asyncio.timeout(self._seconds_max):
                end, fields = await self._end(path)
        except TimeoutError:
            pass
        except _NOT_OUR_FAULT as error:
            end, fields = End.NO_SERVER, {"reason": error.reason, "message": str(error)}
        except octavo.OctavoError as error:
            end, fields = End.REFUSED, {"reason": error.reason, "message": str(error)}
        seconds = fields.pop("seconds", time.monotonic() - begin)
        return Result(name=path.name, end=end, seconds=seconds, **fields)

    async def _end(self, path: Path) -> tuple[End, dict]:
        begin = time.monotonic()
        job = await self._client.process(PIPELINE, path)
        status = await self.final(job.request_id)
        seconds, attempts = time.monotonic() - begin, status.modules[-1].attempt
        if status.state is JobState.SUCCEEDED:
            output = await self._client.fetch_output(job.request_id)
            return End.TEXT, {"seconds": seconds, "attempts": attempts, **self._made(path, status, output)}
        reason, message = (status.failure.reason, status.failure.message) if status.failure else ("", status.state)
        return End.FAILED, {"seconds": seconds, "attempts": attempts, "reason": reason, "message": message}

    async def final(self, request_id: str) -> JobStatus:
        """The job's last status."""
        async with aclosing(self._client.watch(request_id)) as statuses:
            last = [status async for status in statuses][-1]
        assert last.state.is_final, last
        return last

    def _made(self, path: Path, status: JobStatus, output: octavo.Output) -> dict:
        warnings = "; ".join(status.warnings)[:_WARNING_CHARS_MAX]
        if output.media_type == "application/json":
            snippets = json.loads(output.content)
            characters = sum(len(snippet["snippet"]) for snippet in snippets)
            made = f"{len(snippets):,} snippets, {characters:,} characters"
        else:
            characters = len(output.content.decode())
            made = f"{characters:,} characters"
        shows = bool(self._secret) and self._secret.encode() in output.content
        return {
            "characters": characters,
            "message": f"{made} ({warnings})" if warnings else made,
            "is_leak": shows and self._secret not in path.read_text(errors="replace"),
        }
