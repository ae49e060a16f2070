"""The API of a real server does what a dictionary of files does, whatever is called in whichever order.

One server for all examples, each of which has a pipeline of its own. What the model can't know, it is told: ids, and
which of the possible states a job is in. Time passes by moving the server's clock. `STATEFUL_EXAMPLES=2000 pytest
tests/stateful` tries as many random examples; without it, 200 that are the same in each run.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.changing import Changing
from tests.stateful.looking import Looking
from tests.stateful.world import World

RANDOM_EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "0"))
SECONDS_AN_EXAMPLE_MAX = 5
SETTINGS = settings(
    max_examples=RANDOM_EXAMPLES or 200,
    stateful_step_count=15,
    derandomize=not RANDOM_EXAMPLES,
    database=None,
    # To shrink takes minutes: only for whoever asked for random examples.
    phases=[Phase.generate, *([Phase.shrink] if RANDOM_EXAMPLES else [])],
    deadline=None,
    # A server is slower than what Hypothesis takes for healthy.
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.timeout(SETTINGS.max_examples * SECONDS_AN_EXAMPLE_MAX)
def test_the_api_does_what_the_model_does(tmp_path: Path) -> None:
    world = World(tmp_path)

    class Api(Changing, Looking):
        pass

    Api.world = world
    try:
        run_state_machine_as_test(Api, settings=SETTINGS)
    finally:
        world.close()
