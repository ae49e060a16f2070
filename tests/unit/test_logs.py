"""What the log may hold."""

import json
import subprocess
import sys

SCRIPT = """
import structlog
from octavo_server.logs import configure_logs

configure_logs()
def handle(content):
    raise RuntimeError("unforeseen")
try:
    handle("CONFIDENTIAL text of a document")
except RuntimeError as error:
    structlog.get_logger().error("call failed", call_id="c", exc_info=error)
"""


def test_a_traceback_shows_where_and_no_values() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == ""
    line = json.loads(done.stderr)
    assert (line["event"], line["call_id"], line["level"]) == ("call failed", "c", "error")
    assert line["exception"][0]["exc_type"] == "RuntimeError"
    assert [frame["name"] for frame in line["exception"][0]["frames"]] == ["<module>", "handle"]
    assert "CONFIDENTIAL" not in done.stderr
