"""`kith serve`: keeps the web server and the worker running until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

POLL_SECONDS = 0.25
STOP_SECONDS = 20
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60
"""A child that lived this long counts as healthy: its next crash is answered at once again."""


@dataclass(slots=True)
class Child:
    name: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause: float = field(default=0.5)

    def start(self) -> None:
        self.started_at = time.monotonic()
        # A session of its own: Ctrl-C reaches only the supervisor, which then stops its children in order.
        # The pipe is never written to: its end tells the child that the supervisor is gone (kill -9).
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kith", *self.arguments],
            stdin=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "KITH_SUPERVISED": "yes"},
        )

    def tend(self, *, tell: Callable[[str], None]) -> None:
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self._close()
        self.process = None
        self.pause = (
            0.5 if now - self.started_at > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        )
        self.start_again_at = now + self.pause
        tell(f"The {self.name} ended with {code}; it starts again in {self.pause:.0f} s.")

    def _close(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._close()


def end_with_the_supervisor() -> None:
    """In a child: stop as if asked to when the supervisor's end of the pipe closes."""

    def watch() -> None:
        os.read(0, 1)  # not sys.stdin: its lock would be held for ever in the processes that the server forks
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()


@dataclass(slots=True)
class _Asked:
    """A signal only leaves word: whatever is being done is done to its end, and asking twice is asking."""

    to_stop: bool = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.to_stop = True


def supervise(
    children: list[Child], *, tell: Callable[[str], None], each_round: Callable[[], None] = lambda: None
) -> None:
    """Returns when asked to stop (SIGINT, SIGTERM) and every child has ended.

    From then on these signals change nothing: the process is on its way out, and `make` asks a second time.
    """
    asked = _Asked()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, asked)
    try:
        while not asked.to_stop:
            each_round()
            for child in children:
                child.tend(tell=tell)
            time.sleep(POLL_SECONDS)
        tell("Stopping…")
    finally:
        for child in children:
            child.stop()
        for child in children:
            child.wait()
