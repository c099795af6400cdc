"""A second installation: a data folder and a database of its own on the server of the suite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from kith.vault import master_keys

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Second:
    home: Path
    name: str

    @classmethod
    def make(cls, home: Path, *, with_master_key: bool = True) -> Second:
        home.mkdir(mode=0o700)
        name = f"{connection.settings_dict['NAME']}_second"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
        if with_master_key:
            master_keys.master_keys()  # made once, when it is first asked for
            shutil.copy(settings.MASTER_KEY_FILE, home / "master-key")
        return cls(home, name)

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    @property
    def url(self) -> str:
        said = connection.settings_dict
        port = f"&port={said['PORT']}" if said["PORT"] else ""
        password = f":{said['PASSWORD']}" if said["PASSWORD"] else ""
        return f"postgresql://{said['USER']}{password}@/{self.name}?host={said['HOST']}{port}"

    def run(
        self, *arguments: str, module: str = "kith", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", module, *arguments],
            cwd=ROOT,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("KITH_")},
                "KITH_TESTING": "1",
                "KITH_HOME": str(self.home),
                "DATABASE_URL": self.url,
                "DJANGO_SETTINGS_MODULE": "kith.config.settings",
                **environment,
            },
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def rows(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as other:
            return other.execute(sql, parameters).fetchall()  # type: ignore[call-overload, no-any-return]  # text of ours
