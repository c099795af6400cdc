"""What `kith doctor` looks at: each finding is a line with what to do."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from smtplib import SMTPException
from typing import Final, cast

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection

from kith.audit.chain.keys import installation
from kith.backups import nightly, shedding
from kith.config import database_check, journal_check
from kith.contacts.suppressions.kept import file as kept
from kith.kernel.clock import now
from kith.privacy import ledger
from kith.sources.models import Import
from kith.vault import master_keys
from kith.vault.models import DataKey

LOW_DISK_BYTES = 2 * 1024**3
HEARTBEAT_SECONDS = 60
BACKUP_HOURS = 30
"""Every night, and some hours for a night that took longer."""
KEPT_WITHIN_SECONDS = 600


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    what: str
    says: str
    then: str = ""
    """What to do about it."""


def examine() -> Iterator[Finding]:
    """In the order in which one thing rests on another; stops where the rest cannot be known."""
    yield Finding(Level.OK, "versions", f"Kith {version('kith-hub')}, Python {platform.python_version()}")
    yield _folder()
    yield _disk()
    yield _database()
    migrations = _migrations()
    yield migrations
    if migrations.level is Level.OK:
        yield from (look() for look in _LOOKS)


def _folder() -> Finding:
    home = Path(settings.HOME)
    if home.stat().st_mode & 0o006:
        return Finding(
            Level.WARN, "data folder", f"{home} may be read by everybody", f"run: chmod o-rw {home}"
        )
    return Finding(Level.OK, "data folder", str(home))


def _disk() -> Finding:
    free = shutil.disk_usage(settings.HOME).free
    says = f"{free / 1024**3:.1f} GB free"
    if free < LOW_DISK_BYTES:
        return Finding(Level.WARN, "disk", says, "free some space: imports and the database need it")
    return Finding(Level.OK, "disk", says)


def _database() -> Finding:
    sentences = database_check.unmet()
    if sentences:
        return Finding(Level.FAIL, "database", "not fit for Kith", " ".join(sentences))
    return Finding(Level.OK, "database", f"PostgreSQL {_one('SHOW server_version')}")


def _migrations() -> Finding:
    missing = database_check.missing_migrations()
    if missing:
        return Finding(Level.FAIL, "migrations", f"{missing} not applied", "run: kith migrate")
    return Finding(Level.OK, "migrations", "all applied")


def _keys() -> Finding:
    advice = "see docs: Look after the keys"
    try:
        masters = master_keys.master_keys()
    except master_keys.BadMasterKeys as error:
        return Finding(Level.FAIL, "master key", str(error), advice)
    used = set(
        DataKey.objects.filter(wrapped__isnull=False).values_list("master_version", flat=True).distinct()
    )
    missing = sorted(str(one) for one in used - set(masters.by_version))
    if missing:
        says = f"version {', '.join(missing)} is not there: what it seals cannot be opened"
        return Finding(Level.FAIL, "master key", says, advice)
    if used - {masters.newest}:
        return Finding(Level.WARN, "master key", "a rotation is not finished", "run: kith rotate-keys")
    return Finding(Level.OK, "master key", f"version {masters.newest}")


def _journal() -> Finding:
    says, then = journal_check.trouble()
    if says:
        return Finding(Level.FAIL, "audit log", says, then)
    says, then = journal_check.warning()
    if says:
        return Finding(Level.WARN, "audit log", says, then)
    return Finding(Level.OK, "audit log", *journal_check.sealed_words())


def _ledger() -> Finding:
    """Of the erasures: readable, and nobody whom it knows is back."""
    try:
        back = ledger.returned()
    except (OSError, ledger.BrokenLedger) as error:
        says = "cannot be read" if isinstance(error, OSError) else str(error)
        return Finding(Level.FAIL, "erasure ledger", says, "see docs: Back up and move")
    if back:
        says = f"{len(back)} contacts it knows as anonymised are here: an older backup is in use"
        numbers = ", ".join(str(one) for one in sorted(back)[:20])
        return Finding(Level.FAIL, "erasure ledger", says, f"anonymise again, first: GroupID {numbers}")
    if kept.is_behind() and not _is_fresh(kept.path()):
        says = f"{kept.path().name}, the suppressions beside it, is older than the newest of them"
        return Finding(Level.WARN, "erasure ledger", says, "a worker writes it every minute: kith serve")
    beside = ledger.path().parent == Path(settings.HOME)
    then = "set KITH_ERASURE_LEDGER to another disk: it lies beside the database" if beside else ""
    return Finding(Level.OK, "erasure ledger", f"{ledger.head().number:,} lines", then)


def _is_fresh(file: Path) -> bool:
    return file.exists() and file.stat().st_mtime > time.time() - KEPT_WITHIN_SECONDS


def _import_files() -> Finding:
    plain = Import.objects.exclude(stored_name="").filter(sealed_key=None).count()
    if plain:
        return Finding(
            Level.WARN, "import files", f"{plain:,} lie unsealed", "a worker seals them at night: kith serve"
        )
    return Finding(Level.OK, "import files", "sealed")


def _backups() -> Finding:
    folder = Path(settings.BACKUP_FOLDER) if settings.BACKUP_FOLDER else None
    if folder is None:
        then = "set KITH_BACKUP_FOLDER: a worker makes one there every night"
        return Finding(Level.OK, "backups", "Kith is told of no folder of them", then)
    if not folder.is_dir():
        return Finding(Level.FAIL, "backups", f"{folder} is no folder", "look at KITH_BACKUP_FOLDER")
    number, newest = shedding.newest_in(folder, installation=installation())
    if newest is None:
        then = nightly.trouble() or "make one: kith backup"
        return Finding(Level.WARN, "backups", f"none in {folder} that opens here", then)
    hours = (now() - newest).total_seconds() / 3600
    says = f"{number:,} there, the newest made {hours:,.0f} hours ago"
    if hours > BACKUP_HOURS:
        then = "a worker makes one every night: kith serve" if settings.BACKUP_AT else "set KITH_BACKUP_AT"
        return Finding(Level.WARN, "backups", says, nightly.trouble() or then)
    return Finding(Level.OK, "backups", says)


def _worker() -> Finding:
    alive = _one(
        "SELECT count(*) FROM procrastinate_workers"
        f" WHERE last_heartbeat > now() - interval '{HEARTBEAT_SECONDS} seconds'"
    )
    if not alive:
        return Finding(Level.WARN, "worker", "none is running", "start one: kith serve (or kith worker)")
    return Finding(Level.OK, "worker", f"{alive} running")


def _failed_jobs() -> Finding:
    failed = _one("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    if failed:
        return Finding(Level.WARN, "jobs", f"{failed} failed", "see the Jobs page")
    return Finding(Level.OK, "jobs", "none failed")


def _schedule() -> Finding:
    last = _one(
        "SELECT to_char(to_timestamp(max(defer_timestamp)), 'DD Mon YYYY HH24:MI')"
        " FROM procrastinate_periodic_defers"
    )
    if last is None:
        return Finding(Level.WARN, "schedule", "has never run", "it runs as long as a worker does")
    return Finding(Level.OK, "schedule", f"last looked at {last} UTC")


def _administrator() -> Finding:
    if not _one("SELECT count(*) FROM access_user WHERE is_active AND 'administrator' = ANY(roles)"):
        return Finding(Level.FAIL, "administrator", "nobody is one", "add one: kith createsuperuser")
    return Finding(Level.OK, "administrator", "there is one")


def _mail() -> Finding:
    """A mail server is spoken to, for at most `settings.EMAIL_TIMEOUT` seconds; providers are not."""
    if settings.MAIL_STAYS_HERE:
        return Finding(Level.OK, "mail", "stays on this machine", "set KITH_MAIL to send any")
    sender, backend = settings.DEFAULT_FROM_EMAIL, settings.EMAIL_BACKEND.split(".")[-2]
    if sender.rstrip(">").endswith("@localhost"):
        return Finding(
            Level.WARN, "mail", f"comes from {sender}", "set KITH_MAIL_FROM: nobody can answer that"
        )
    try:
        with get_connection():
            pass
    except (OSError, SMTPException) as error:
        says = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not take any: {type(error).__name__}"
        return Finding(
            Level.FAIL, "mail", says, "look at KITH_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD"
        )
    return Finding(Level.OK, "mail", f"by {backend}, from {sender}")


def _fonts() -> Finding:
    folder = settings.FONT_FOLDER
    if not folder:
        return Finding(Level.OK, "fonts", "those of the system")
    if not any(path.suffix.lower() in _FONTS for path in Path(folder).rglob("*")):
        return Finding(
            Level.WARN, "fonts", f"{folder} holds none", "look at KITH_FONT_FOLDER: .ttf, .otf or .ttc"
        )
    return Finding(Level.OK, "fonts", f"those of the system, and of {folder}")


_FONTS: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_LOOKS: Final = (
    _keys,
    _import_files,
    _journal,
    _ledger,
    _backups,
    _worker,
    _failed_jobs,
    _schedule,
    _administrator,
    _mail,
    _fonts,
)


def _one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cast("list[tuple[object, ...]]", cursor.fetchall())[0][0]
