from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from kith.kernel import secret_files


def test_whoever_makes_it_at_the_same_moment_there_is_one_and_it_is_whole(tmp_path: Path) -> None:
    together = Barrier(8)

    def make(of: tuple[Path, int]) -> str:
        path, number = of
        together.wait()
        secret_files.written_once(path, str(number) * 100)
        return path.read_text(encoding="ascii")

    with ThreadPoolExecutor(8) as threads:
        for number in range(30):
            seen = set(threads.map(make, [(tmp_path / str(number), one) for one in range(8)]))
            assert len(seen) == 1
            assert len(seen.pop()) == 100
    assert len(list(tmp_path.iterdir())) == 30


def test_it_is_its_owners_alone_and_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "key"
    secret_files.written_once(path, "first")
    secret_files.written_once(path, "second")
    assert path.read_text(encoding="ascii") == "first"
    secret_files.rewritten(path, "third")
    assert path.read_text(encoding="ascii") == "third"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
