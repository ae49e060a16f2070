"""Bells of those who wait for something to change, by what they wait for."""

import asyncio
from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from octavo_server.domain.ids import RequestId

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True, eq=False)
class Subscription:
    """One watcher's bell, and which of its jobs it has to look at again: one slot a job, never a growing queue."""

    bell: asyncio.Event = field(default_factory=asyncio.Event)
    dirty: set[RequestId] = field(default_factory=set)
    has_news: bool = False
    """Was there something that is not in `dirty`? Only watchers of whole pipelines are told so."""

    def take(self) -> set[RequestId]:
        """The jobs to look at. Cleared before they are read: what changes during the read rings again."""
        self.bell.clear()
        dirty, self.dirty = self.dirty, set()
        self.has_news = False
        return dirty


class Bells(Generic[K]):
    """Who waits for what."""

    def __init__(self) -> None:
        self._waiting: dict[K, set[Subscription]] = {}

    @contextmanager
    def hung(self, keys: Collection[K]) -> Iterator[Subscription]:
        """A bell for all of `keys`, while the context lasts."""
        subscription = Subscription()
        for key in keys:
            self._waiting.setdefault(key, set()).add(subscription)
        try:
            yield subscription
        finally:
            for key in keys:
                self._forget(key, subscription)

    def ring(self, key: K, job: RequestId | None) -> None:
        """Ring all bells of `key`, for this job; None: for news of any."""
        for subscription in self._waiting.get(key, ()):
            if job is None:
                subscription.has_news = True
            else:
                subscription.dirty.add(job)
            subscription.bell.set()

    def ring_all(self) -> None:
        """Ring every bell, for no reason but the ringing."""
        for subscriptions in self._waiting.values():
            for subscription in subscriptions:
                subscription.bell.set()

    def _forget(self, key: K, subscription: Subscription) -> None:
        waiting = self._waiting[key]
        waiting.discard(subscription)
        if not waiting:
            del self._waiting[key]
