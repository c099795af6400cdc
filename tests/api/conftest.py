from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import ApiKey
from kith.access.roles import RoleName
from kith.users import actions, keys

_numbers = count(1)


@dataclass(frozen=True)
class System:
    """Another system, with a key of its own."""

    key: ApiKey
    token: str

    @property
    def client(self) -> Client:
        return Client(headers={"Authorization": f"Bearer {self.token}"})


SystemWith = Callable[[RoleName], System]


@pytest.fixture
def system_with(db: None) -> SystemWith:
    def make(role: RoleName) -> System:
        token = keys.new_token()
        key = actions.create_api_key(
            actor=COMMAND_LINE,
            name=f"System {next(_numbers)}",
            role=role,
            prefix=token.prefix,
            secret_hash=token.secret_hash,
        )
        return System(key, token.text)

    return make


@pytest.fixture
def viewing(system_with: SystemWith) -> Client:
    return system_with(RoleName.VIEWER).client


@pytest.fixture
def running(system_with: SystemWith) -> Client:
    return system_with(RoleName.STEWARD).client
