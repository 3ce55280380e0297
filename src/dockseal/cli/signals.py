"""The end of a command that runs until it is told to stop."""

import signal
import threading
from queue import SimpleQueue


def told_to_end() -> threading.Event:
    """Returns an event that SIGINT and SIGTERM set. To be called in the main thread, once.

    A handler runs between any two steps of the main thread, also while that holds the lock of the very event
    it waits for: setting it there would wait for ever. So a handler only puts into a queue, which may
    interrupt itself (`queue.SimpleQueue`), and another thread sets the event.
    """
    told: SimpleQueue[None] = SimpleQueue()
    ending = threading.Event()

    def pass_on() -> None:
        told.get()
        ending.set()

    threading.Thread(target=pass_on, name="told-to-end", daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.put(None))
    return ending
