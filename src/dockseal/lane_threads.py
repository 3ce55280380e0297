"""Runs lanes on threads: one hands them out, the workers run them, each with its own database connection."""

import queue
import threading
from collections.abc import Callable
from datetime import datetime

from dockseal.lanes import NEW_KEYS_EVERY, Lane, Lanes


class LaneThreads:
    """Runs lanes on threads until stopped.

    Args:
        lanes: What to run.
        workers: How many threads share the lanes that do not wait outside.
        end_of_thread: Called by each thread at its end, to close what it opened.
    """

    def __init__(self, lanes: Lanes, *, workers: int, end_of_thread: Callable[[], None]) -> None:
        self._lanes = lanes
        self._end_of_thread = end_of_thread
        self._stop = threading.Event()
        self._work: queue.SimpleQueue[Lane | None] = queue.SimpleQueue()
        self._workers = [threading.Thread(target=self._worker, name=f"lane-{n}") for n in range(workers)]
        self._free = threading.Semaphore(workers)
        self._waiting: set[threading.Thread] = set()
        self._dispatcher = threading.Thread(target=self._dispatch, name="lanes")

    def start(self) -> None:
        """Starts the threads."""
        for thread in (*self._workers, self._dispatcher):
            thread.start()
        self._lanes.watched_by(self.alive)

    def stop(self) -> None:
        """Lets running lanes finish, and ends every thread."""
        self._stop.set()
        self._lanes.changed.set()
        self._dispatcher.join()
        for _ in self._workers:
            self._work.put(None)
        for thread in (*self._workers, *self._waiting):
            thread.join()

    def alive(self) -> bool:
        """Tells whether the dispatcher and all workers run."""
        return all(thread.is_alive() for thread in (*self._workers, self._dispatcher))

    def _dispatch(self) -> None:
        clock = self._lanes.clock
        while not self._stop.is_set():
            self._lanes.changed.clear()
            while (lane := self._lanes.take(waits_outside=True)) is not None:
                self._send_outside(lane)
            self._fill_workers()
            due = self._next_due() or clock.now() + NEW_KEYS_EVERY
            clock.wait(self._lanes.changed, min(due - clock.now(), NEW_KEYS_EVERY).total_seconds())
        self._end_of_thread()

    def _next_due(self) -> datetime | None:
        """Returns when to look again; None, to wait until a worker is free, while all are busy."""
        if self._free.acquire(blocking=False):
            self._free.release()
            return self._lanes.next_due()
        return None

    def _fill_workers(self) -> None:
        """Hands out one lane for each free worker: what is due first is decided when a worker is free."""
        while self._free.acquire(blocking=False):
            lane = self._lanes.take(waits_outside=False)
            if lane is None:
                self._free.release()
                return
            self._work.put(lane)

    def _send_outside(self, lane: Lane) -> None:
        self._waiting = {thread for thread in self._waiting if thread.is_alive()}
        thread = threading.Thread(target=self._wait_outside, args=(lane,), name=lane.name)
        self._waiting.add(thread)
        thread.start()

    def _wait_outside(self, lane: Lane) -> None:
        try:
            self._lanes.run(lane)
        finally:
            self._end_of_thread()

    def _worker(self) -> None:
        try:
            while (lane := self._work.get()) is not None:
                self._lanes.run(lane)
                self._free.release()
                self._lanes.changed.set()
        finally:
            self._end_of_thread()
