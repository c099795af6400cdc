"""A backup becomes an installation: keys, rows, files, then everything that has to be true before it opens.

Each step is done once, or harmlessly again; cut off anywhere, `kith restore --resume` goes on. The keys of
the installation are in force only from the next process on, so whoever lays them down has to end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from kith.access.actors import COMMAND_LINE
from kith.attachments.store import store
from kith.audit.chain import sealing
from kith.backups import actions, installation, marker, postgres, reading, replaying
from kith.backups.format import Entry, Opened
from kith.backups.marker import Restoring
from kith.backups.reading import Verified
from kith.backups.shedding import is_older
from kith.backups.snapshots import KEY_COLUMNS
from kith.backups.writing import DATA_KEYS, DATABASE, IMPORTS, STORE
from kith.contacts.suppressions.kept import file as kept
from kith.contacts.suppressions.kept.actions import suppress_again
from kith.contacts.suppressions.kept.file import BrokenKept
from kith.kernel import clock
from kith.kernel.errors import Refused
from kith.privacy import ledger
from kith.privacy.erasing import steps
from kith.privacy.ledger import BrokenLedger, LedgerHead
from kith.privacy.models import Erasure
from kith.sources import storage

_TABLES: Final = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_t%'
"""
Tell = Callable[[str], None]


def begin(*, file: Path, keys: Path | None, ledger_file: Path | None, of_backup: bool, tell: Tell) -> None:
    """Look at everything, then write down what is to be restored, and lay down the installation's keys. Up to
    there nothing is changed. `of_backup`: the ledger inside the keys part will do."""
    home = Path(settings.HOME)
    if marker.is_there(home):
        raise Refused(marker.SENTENCE)
    _require_master_key()
    _require_nothing_here()
    tell("Reading the backup …")
    opened = reading.verified(file, with_keys=keys is None).opened
    postgres.require_taken(server=postgres.server_major(), program=opened.header.program)
    found = reading.keys_of(keys or file)
    _require_same(opened, found.opened)
    assert found.secrets is not None, "keys_of refuses a file without"
    installation.hold_to_variables(found.secrets)
    chosen = _chosen_ledger(ledger_file, of_backup=of_backup)
    installation.use_proof_key(found.secrets)
    _require_long_enough(chosen, opened, found)
    _require_whole(kept.path(chosen))
    restoring = Restoring(
        file=str(file.resolve()), keys=str((keys or file).resolve()), ledger=str(chosen or "")
    )
    marker.write(home, restoring)
    _lay_down_installation(restoring, found)


def go_on(tell: Tell) -> bool:
    """From wherever it was cut off. False: the keys were laid down only now, and another process goes on."""
    home = Path(settings.HOME)
    if not marker.is_there(home):
        raise Refused("No restore was begun here.")
    restoring = marker.read(home)
    found = reading.keys_of(Path(restoring.keys))
    if not restoring.has_keys:
        _lay_down_installation(restoring, found)
        return False
    assert found.secrets is not None, "keys_of refuses a file without"
    installation.hold_to_backup(found.secrets)
    opened = reading.opened(Path(restoring.file))
    _fill(opened, found, tell)
    tell("Bringing the database up to date …")
    call_command("migrate", verbosity=0, interactive=False)
    _once("epoch", sealing.begin_epoch)
    _replay(tell)
    _once("suppressions", lambda: _suppress_again(restoring, tell))
    _once("links", lambda: _close_what_was_open(tell))
    since = Erasure.objects.filter(route=Erasure.Route.REPLAY, erased_at__gt=opened.header.made_at)
    replayed = since.count()
    actions.open_again(actor=COMMAND_LINE, header=opened.header, replayed=replayed)
    marker.remove(home)
    return True


def _require_master_key() -> None:
    if not settings.MASTER_KEY and not Path(settings.MASTER_KEY_FILE).exists():
        raise Refused(
            f"The master key is not here, and no backup holds it. Put the file master-key of the installation"
            f" into {settings.HOME}, or set KITH_MASTER_KEY."
        )


def _require_nothing_here() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = cursor.fetchall()[0][0]
    if tables:
        raise Refused("The database is not empty. A backup is restored into a new one only.")
    if any(storage.folder().iterdir()) or any(store().keys_older_than(clock.now())):
        raise Refused("There are files here already. A backup is restored into a new data folder only.")


def _require_same(opened: Opened, keys: Opened) -> None:
    if opened.header.installation != keys.header.installation:
        raise Refused(f"{keys.path.name} is a backup of another Kith.")
    if is_older(keys.header, opened.header):
        raise Refused(f"{keys.path.name} is older than {opened.path.name}: its keys may be missing some.")


def _chosen_ledger(given: Path | None, *, of_backup: bool) -> Path | None:
    """None: the one in the backup."""
    if given is not None:
        if not given.is_file():
            raise Refused(f"There is no ledger of erasures at {given}.")
        return given.resolve()
    if ledger.path().exists():
        return ledger.path()
    if of_backup:
        return None
    raise Refused(
        f"There is no ledger of erasures at {ledger.path()}, and only it knows who was anonymised after the"
        " backup was made. Name it with --ledger. If it is lost, --ledger-of-backup takes the one inside:"
        " whoever was anonymised later comes back."
    )


def _require_long_enough(chosen: Path | None, opened: Opened, found: Verified) -> None:
    if chosen is None:
        return
    heads = [
        LedgerHead(number=one.header.ledger_number, mac=one.header.ledger_mac)
        for one in (opened, found.opened)
    ]
    here = ledger.path()
    try:
        if here.exists() and here != chosen:
            heads.append(ledger.head())
        for head in heads:
            for _ in ledger.entries(chosen, since=head):
                pass
    except BrokenLedger as error:
        raise Refused(
            f"The ledger of erasures at {chosen} cannot be used: {error}. Use the newest ledger of this"
            " installation."
        ) from None


def _require_whole(file: Path) -> None:
    try:
        if file.exists():
            kept.read(file)
    except BrokenKept as error:
        raise Refused(
            f"{file}, the suppressions kept beside the ledger, cannot be used: {error}. Put the right one"
            " there, or move it away: then suppressions made after the backup are lost."
        ) from None


def _lay_down_installation(restoring: Restoring, found: Verified) -> None:
    assert found.secrets is not None, "keys_of refuses a file without"
    installation.lay_down(found.secrets)
    if not restoring.ledger:
        installation.lay_down_beside(ledger.path(), found.ledger)
    elif Path(restoring.ledger) != ledger.path():
        installation.lay_down_ledger(Path(restoring.ledger).read_bytes())
    if found.heads:
        installation.lay_down_beside(Path(settings.JOURNAL_HEADS), found.heads)
    marker.write(Path(settings.HOME), replace(restoring, has_keys=True))


def _fill(opened: Opened, found: Verified, tell: Tell) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {postgres.RESTORING_TABLE} (step text PRIMARY KEY)")
        cursor.execute(f"SELECT step FROM {postgres.RESTORING_TABLE}")
        done = {row[0] for row in cursor.fetchall()}
    if "filled" in done:
        return
    tell("Restoring the database …")
    for entry in opened.entries_of_data():
        _lay_down(entry, opened, tell)
    _once("filled", lambda: _load_data_keys(found.opened))


def _lay_down(entry: Entry, opened: Opened, tell: Tell) -> None:
    if entry.name == DATABASE:
        if not _has_rows():
            postgres.restore(entry.blocks(), program=opened.header.program)
        tell("Restoring files …")
    elif entry.name.startswith(STORE):
        key = entry.name.removeprefix(STORE)
        store().remove(f"{key}.coming")  # a kill left it
        store().put(key, entry.blocks())
    elif entry.name.startswith(IMPORTS):
        _write(storage.folder() / Path(entry.name).name, entry.blocks())


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _has_rows() -> bool:
    """pg_restore goes in as a whole or not at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        return bool(cursor.fetchall()[0][0])


def _load_data_keys(keys: Opened) -> None:
    for entry in keys.entries_of_keys():
        if entry.name != DATA_KEYS:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {postgres.KEYS_TABLE}")
            with cursor.cursor.copy(f"COPY {postgres.KEYS_TABLE} ({KEY_COLUMNS}) FROM STDIN") as copied:
                for block in entry.blocks():
                    copied.write(block)


def _once(step: str, work: Callable[[], object]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {postgres.RESTORING_TABLE} WHERE step = %s", [step])
        if not cursor.fetchall():
            work()
            cursor.execute(f"INSERT INTO {postgres.RESTORING_TABLE} VALUES (%s)", [step])


def _replay(tell: Tell) -> None:
    if not ledger.path().exists():
        return
    _once("numbers", lambda: replaying.numbers_not_to_be_given_anew(ledger.path()))
    missing = replaying.missing_here(ledger.path())
    ordered = actions.order_replay(actor=COMMAND_LINE, missing=missing)
    tell(f"Anonymising again whoever was since the backup: {len(ordered.uids)} of {len(missing)} are in it …")
    for code in ordered.sources:
        tell(f"The source {code} was added after the backup; it is here again, without its settings.")
    if ordered.dangling:
        tell(f"{ordered.dangling} of them had only been begun when the ledger ends.")
    if left := actions.take_up_replays(actor=COMMAND_LINE):
        steps.carry_on(left)
    _require_erased(tell)


def _suppress_again(restoring: Restoring, tell: Tell) -> None:
    file = kept.path(Path(restoring.ledger) if restoring.ledger else None)
    if not file.exists():
        tell(f"There is no {file}: suppressions made after the backup are lost, and have to be made again.")
        return
    found = suppress_again(actor=COMMAND_LINE, said=kept.read(file))
    tell(f"Suppressions made after the backup: {found.missing:,}; {found.records:,} System Refs carry them.")


def _close_what_was_open(tell: Tell) -> None:
    links = actions.close_what_was_open(actor=COMMAND_LINE)
    tell(f"Everybody is signed out. One-time links to reports that were withdrawn: {links:,}.")


def _require_erased(tell: Tell) -> None:
    of_replay = Erasure.objects.filter(route=Erasure.Route.REPLAY)
    left = of_replay.filter(erased_at=None).exclude(state=Erasure.State.CANCELLED).count()
    if left:
        raise Refused(
            f"{left} contacts could not be anonymised again, so Kith stays closed. Run kith restore --resume;"
            " if it says so again, see docs: Back up and move."
        )
    unproved = of_replay.exclude(state__in=Erasure.ENDED).count()
    if unproved:
        tell(f"{unproved} of them are anonymised but not proved: see Anonymised, in the menu.")
