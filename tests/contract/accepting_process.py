"""A process that accepts jobs and says so, until it is killed.

`python -m tests.contract.accepting_process DATA_DIR`: a line with the request id after each acknowledged acceptance.
"""

import asyncio
import sys
import uuid
from pathlib import Path

from octavo_server.domain.ids import RequestId
from octavo_server.engines.sqlite import SqliteEngine
from tests.contract.samples import DOCUMENT, ManualClock, new_job, new_pipeline

CALLERS = 8


async def accept_for_ever(engine: SqliteEngine) -> None:
    while True:
        name = str(uuid.uuid4())
        await engine.accept(new_job(request_id=RequestId(name), name=f"{name}.txt"), DOCUMENT)
        print(name, flush=True)


async def main(data_dir: Path) -> None:
    engine = await SqliteEngine.open(data_dir, clock=ManualClock())
    await engine.put_pipeline(new_pipeline())
    await asyncio.gather(*(accept_for_ever(engine) for _ in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
