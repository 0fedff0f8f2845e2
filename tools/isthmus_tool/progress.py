"""One line on standard error for what takes longer than two seconds, and only where a person looks."""

import sys
import threading
import time

PATIENCE_s = 2.0


class waiting:
    """`with waiting("building x86_64"):` says so, with the seconds, from the third second on; then erases it."""

    def __init__(self, what):
        self.what = what
        self.done = threading.Event()
        self.thread = None

    def __enter__(self):
        if sys.stderr.isatty():
            self.thread = threading.Thread(target=self._tick, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        if self.thread:
            self.thread.join()

    def _tick(self):
        start, shown = time.monotonic(), False
        while not self.done.wait(1.0 if shown else PATIENCE_s):
            shown = True
            print(f"\r\033[Kisthmus: {self.what} ... {time.monotonic() - start:.0f} s", end="", file=sys.stderr, flush=True)
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
