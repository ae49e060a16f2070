"""A whole script of the hosted product: only its import and what `init` is given change."""

import subprocess
import sys
from pathlib import Path

from tests.servers import ServerProcess

SCRIPT = """
from krixik import krixik

krixik.init(api_key=MY_API_KEY, api_url=MY_API_URL)

pipeline = krixik.create_pipeline(name="my shelf", module_chain=["parser", "json-to-txt", "keyword-db"])
krixik.reset_pipeline(pipeline)
pipeline.save_pipeline(config_path="shelf.yml")
pipeline = krixik.load_pipeline(config_path="shelf.yml")
pipeline.test_input(local_file_path="kettle.txt")

process_output = pipeline.process(
    local_file_path="kettle.txt",
    local_save_directory=".",
    expire_time=60 * 30,
    wait_for_process=True,
    verbose=False,
    symbolic_directory_path="/Kitchen",
    file_name="Kettle.txt",
    file_tags=[{"author": "unknown"}],
    modules={"module_1": {"model": "sentence"}},
)
assert process_output["status_code"] == 200, process_output

listed = pipeline.list(symbolic_directory_paths=["/kitchen*"], max_files=5)
assert listed["message"] == "Successfully returned 1 item.  Note: all timestamps in UTC.", listed
assert pipeline.process_status(request_id=listed["items"][0]["process_id"])["overall_status"] == "complete"

found = pipeline.keyword_search(query="kettles", file_ids=[process_output["file_id"]])
assert found["items"][0]["search_results"][0]["keyword"] == "kettle", found

updated = pipeline.update(file_id=process_output["file_id"], file_description="A kettle.", verbose=False)
assert updated["message"] == "Successfully updated file metadata", updated
fetched = pipeline.fetch_output(file_id=process_output["file_id"], local_save_directory=".")
assert fetched["process_output_files"] == process_output["process_output_files"], fetched
pipeline.show_tree(symbolic_directory_path="/*")
deleted = pipeline.delete(file_id=process_output["file_id"])
assert deleted["message"] == f"Successfully deleted file_id: {process_output['file_id']}", deleted
"""


def test_a_script_changes_its_import_and_its_address(hosted_server: ServerProcess, text: str) -> None:
    script = SCRIPT.replace("from krixik import krixik", "import octavo as krixik").replace(
        "krixik.init(", f"MY_API_KEY, MY_API_URL = 'any', 'http://{hosted_server.address}'\nkrixik.init("
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False, cwd=Path(text).parent
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [
        "SUCCESS: local file 'kettle.txt' passed pipeline input test",
        "/",
        "└── /kitchen",
        "    └── kettle.txt",
    ]
