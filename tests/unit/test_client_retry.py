from itertools import islice

import grpc
import grpc.aio
import pytest

import octavo
from octavo.retry import PAUSE_SECONDS_FIRST, PAUSE_SECONDS_MAX, Retry, pauses


def refusal(code: grpc.StatusCode) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), details="no")


def test_pauses_grow_up_to_a_cap_and_are_jittered() -> None:
    first, *_, last = islice(pauses(), 20)
    assert PAUSE_SECONDS_FIRST / 2 <= first <= PAUSE_SECONDS_FIRST
    assert PAUSE_SECONDS_MAX / 2 <= last <= PAUSE_SECONDS_MAX
    assert list(islice(pauses(), 5)) != list(islice(pauses(), 5))


async def test_what_another_attempt_can_not_heal_is_raised_at_once() -> None:
    with pytest.raises(octavo.InvalidArgumentError):
        await Retry(target="x", seconds_max=60).pause(refusal(grpc.StatusCode.INVALID_ARGUMENT))


async def test_patience_ends() -> None:
    with pytest.raises(octavo.UnavailableError):
        await Retry(target="x", seconds_max=0).pause(refusal(grpc.StatusCode.UNAVAILABLE))


async def test_a_sign_of_life_renews_patience() -> None:
    retry = Retry(target="x", seconds_max=0)
    retry.succeeded(seconds_max=60)
    await retry.pause(refusal(grpc.StatusCode.UNAVAILABLE))
