"""Two identity providers: a real SCIM server from the package registry, in a process of its own, with the
schema Kith describes; and the one that is built in.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx2
import pytest
from django.conf import LazySettings
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Email, Name, PhoneNumber, ResourceType, User

from kith.access.actors import COMMAND_LINE
from kith.settings.actions import save_section
from kith.sso.built_in import BuiltInProvider
from kith.sso.customer import SHIPPED, Claim, Customer, LinkedAccount, Permission, SocialAccount, description
from kith.sso.place import IdentityProvider
from kith.sso.provider import Gone, Provider
from kith.sso.scim import ScimIdentityProvider
from kith.sso.sealing import Linked, Words
from kith.sso.sections import SIGN_ON, SignOn

TOKEN = "a-token-of-the-tests"


@pytest.fixture(scope="session")
def scim_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scim")
    _, account, _ = description(SHIPPED)
    schemas = _written(folder / "schemas.json", [User.to_schema(), Customer.to_schema()])
    types = _written(folder / "types.json", [ResourceType.from_resource(account)])
    port = _free_port()
    program = Path(sys.executable).with_name("scim2-server")
    with subprocess.Popen(
        [
            program,
            "--port",
            str(port),
            "--bearer-token",
            TOKEN,
            "--schema",
            schemas,
            "--resource-type",
            types,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ},
    ) as server:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/v2"
        server.terminate()


def _written(path: Path, models: list[Any]) -> str:
    path.write_text(
        json.dumps([one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in models])
    )
    return str(path)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the SCIM server did not start")


@pytest.fixture
def provider(scim_url: str) -> ScimIdentityProvider:
    return ScimIdentityProvider(base_url=scim_url, token=TOKEN, extension=SHIPPED)


class Registrar(Protocol):
    def __call__(self, first: str, last: str, *, email: str, linked: Linked = ()) -> str:
        """Returns the SSO ID."""
        ...

    def exists(self, sso_id: str) -> bool: ...


class Registered:
    """Puts accounts into the provider as its own pages would, and takes them away after the test."""

    def __init__(self, url: str) -> None:
        described, self.account, self.customer = description(SHIPPED)
        engine = httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
        self.client = SyncSCIMClient(engine, provider=described)
        self.made: list[str] = []

    def __call__(self, first: str, last: str, *, email: str, linked: Linked = ()) -> str:
        user = self.account(
            user_name=email,
            name=Name(given_name=first, family_name=last),
            emails=[Email(value=f"second-{email}"), Email(value=email, primary=True)],
            phone_numbers=[PhoneNumber(value="+44 20 7946 0123", primary=True)],
            preferred_language="en",
            active=True,
        )
        user[self.customer] = Customer(
            social_accounts=[
                SocialAccount(provider="Chirper", value="@" + first.lower(), since="2024-02-01")
            ],
            linked_accounts=[LinkedAccount(system=system, value=ref) for system, ref in linked],
            claims=[Claim(name="season-ticket", value="2026")],
            communication_permissions=[Permission(name="newsletter", granted=True, since="2025-01-01")],
        )
        made = self.client.create(user)
        self.made.append(made.id)
        return str(made.id)

    def exists(self, sso_id: str) -> bool:
        answer = self.client.query(self.account, sso_id, raise_scim_errors=False)
        return isinstance(answer, User)


@pytest.fixture
def registered(scim_url: str) -> Iterator[Registered]:
    one = Registered(scim_url)
    yield one
    for sso_id in one.made:
        one.client.delete(one.account, sso_id, raise_scim_errors=False)


class RegisteredHere:
    """The same at the built-in provider."""

    def __init__(self) -> None:
        self.provider, self.made = BuiltInProvider(), 0

    def __call__(self, first: str, last: str, *, email: str, linked: Linked = ()) -> str:
        self.made += 1
        words = Words(
            sso_id=f"sso-account-{self.made}",
            first_name=first,
            last_name=last,
            email=email,
            phone="+44 20 7946 0123",
            language="en",
            linked=linked,
        )
        return self.provider.add(words).profile.sso_id

    def exists(self, sso_id: str) -> bool:
        try:
            self.provider.open(sso_id)
        except Gone:
            return False
        return True


@dataclass(frozen=True)
class Side:
    """One identity provider, and how accounts get into it."""

    provider: Provider
    registered: Registrar


@pytest.fixture
def built_in(db: None) -> RegisteredHere:
    """Switched on."""
    set_up(source="", is_built_in=True)
    return RegisteredHere()


def set_up(*, source: str, at_once: bool = True, is_built_in: bool) -> None:
    save_section(actor=COMMAND_LINE, section=SIGN_ON, value=SignOn(source, at_once, is_built_in))


@pytest.fixture(params=["scim", "built-in"])
def side(request: pytest.FixtureRequest, settings: LazySettings) -> Side:
    """Each of the two, in use."""
    if request.param == "built-in":
        here: RegisteredHere = request.getfixturevalue("built_in")
        return Side(here.provider, here)
    settings.SSO = IdentityProvider(url=request.getfixturevalue("scim_url"), token=TOKEN)
    return Side(request.getfixturevalue("provider"), request.getfixturevalue("registered"))
