"""The supervisor, by itself."""

from __future__ import annotations

import subprocess
import sys

ASKED_AGAIN_AND_AGAIN = """
import atexit, os, signal
from kith.config.supervisor import supervise

def ask(number):
    os.kill(os.getpid(), number)

def tell(sentence):
    print(sentence, flush=True)
    ask(signal.SIGTERM)

atexit.register(ask, signal.SIGINT)
supervise([], tell=tell, each_round=lambda: ask(signal.SIGINT))
ask(signal.SIGTERM)
print("Ended.", flush=True)
"""


def test_asked_twice_to_stop_it_stops_once_and_complains_of_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED_AGAIN_AND_AGAIN], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Stopping…\nEnded.\n", "")
