"""What every test stands on: a database of its own, one user per role, no network.

The environment is prepared before Django reads its settings. `KITH_HOME` may be given (a folder that is kept
makes the next start faster); without it the suite makes one and removes it. `DATABASE_URL` is respected.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser

    from kith.access.models import User
    from kith.access.roles import RoleName

PASSWORD = "correct horse battery staple"
# How fast this machine is at the moment is no property of the code.
settings.register_profile("kith", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kith")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def _prepare_environment() -> None:
    os.environ["KITH_TESTING"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
    if "KITH_HOME" in os.environ:  # given by the caller, or by the xdist controller to its workers
        Path(os.environ["KITH_HOME"]).mkdir(parents=True, exist_ok=True)
        return
    folder = tempfile.mkdtemp(prefix="kith-test-")
    os.environ["KITH_HOME"] = folder
    # Registered before the database server's own exit handler, so it runs after the server has stopped.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _stay_on_this_machine() -> None:
    """Python's sockets reach this machine only (libpq and the browser have their own)."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in LOCAL_HOSTS:
            raise RuntimeError("a test tried to reach the network")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[assignment]


_prepare_environment()
_stay_on_this_machine()

import django  # noqa: E402  # settings read the environment prepared above

django.setup()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser the journeys are left out, loudly; on the build machine that is a failure."""
    from tests.journey_browser import executable

    journeys = [item for item in items if item.get_closest_marker("journey")]
    if not journeys or executable():
        return
    loud = f"NO BROWSER: {len(journeys)} journeys cannot run. Install Chromium (apt-get install chromium)."
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(loud)
    for item in journeys:
        item.add_marker(pytest.mark.skip(reason=loud))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the journeys of this process."""
    from playwright.sync_api import expect, sync_playwright

    from tests.journey_browser import ARGUMENTS, PATIENCE_MS, executable

    expect.set_options(timeout=PATIENCE_MS)

    # Playwright keeps an event loop in this thread, which Django would take for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Whoever still listens when the last test is over (a killed process takes a moment to be missed) is shut
    out, or the database could not be dropped."""
    from django.db import connection

    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _user(role: RoleName) -> User:
    from kith.access.models import User
    from kith.access.roles import ROLES

    return User.objects.create_user(
        f"{role.value.replace('_', '.')}@example.org", PASSWORD, name=ROLES[role].label, roles=[role]
    )


@pytest.fixture
def viewer(db: None) -> User:
    from kith.access.roles import RoleName

    return _user(RoleName.VIEWER)


@pytest.fixture
def agent(db: None) -> User:
    from kith.access.roles import RoleName

    return _user(RoleName.AGENT)


@pytest.fixture
def steward(db: None) -> User:
    from kith.access.roles import RoleName

    return _user(RoleName.STEWARD)


@pytest.fixture
def privacy_officer(db: None) -> User:
    from kith.access.roles import RoleName

    return _user(RoleName.PRIVACY_OFFICER)


@pytest.fixture
def power_user(db: None) -> User:
    from kith.access.roles import RoleName

    return _user(RoleName.POWER_USER)


@pytest.fixture
def administrator(db: None) -> User:
    from kith.access.roles import RoleName

    return _user(RoleName.ADMINISTRATOR)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which this user is signed in."""
    from django.test import Client

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def run_jobs(transactional_db: None) -> Callable[[], None]:
    """Do the waiting jobs, here and now, with a real worker; needs committed rows, hence real transactions.

    The schedule stays out of it: nothing periodic is added while a test works its jobs off. The worker has a
    thread of its own: a browser opened by an earlier test keeps an event loop running in this one. What jobs
    earlier tests left waiting (no flush takes them away) is not done.
    """
    from django.db import connection, connections
    from procrastinate.contrib.django import app
    from procrastinate.periodic import PeriodicRegistry

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")

    def work() -> None:
        worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        worker_app.periodic_registry = PeriodicRegistry()
        with worker_app.open():
            worker_app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
        connections.close_all()

    def run() -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(work).result()

    return run
