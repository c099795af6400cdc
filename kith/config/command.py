"""The `kith` command: Django's, with words of our own and exit codes that scripts can trust."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from kith.config.environment import BadEnvironment
from kith.config.errors import DatabaseUnusable
from kith.config.exit_codes import Exit

HELP = """\
Kith: one GroupID and one golden record for each person and company.

  kith demo                          a made-up club of contacts, loaded, grouped and served: start here
  kith serve                         the web pages and the worker together
    --host 0.0.0.0 --port 8000       answer other machines too (see KITH_ALLOWED_HOSTS)
  kith web | kith worker             each on its own, on as many machines as you like
  kith doctor                        is everything as it should be, and what to do if not

Contacts
  kith import FILE --source CODE     take in a CSV or Excel file of a source
  kith run                           the overnight run, now
  kith train --kind person           estimate the matching model from your own records
  kith evaluate TRUTH                how right the contacts are, against a truth you know
  kith export-cleaned FOLDER         cleaned records and the rules in force, as files
  kith resolve --input RECORDS       match such files, on a Spark cluster too (--spark)

Looking after it
  kith migrate                       bring the database up to date
  kith backup FILE                   everything in one encrypted file; --into DIR to keep several
  kith verify-backup FILE            is it whole, and does it open
  kith restore FILE                  a new installation from it, without those anonymised since
  kith rotate-keys                   wrap the data keys by a new master key
  kith createsuperuser               add an administrator
  kith COMMAND --help                everything about one command
  kith commands                      every command, Django's too

Data lives in KITH_HOME; DATABASE_URL names a PostgreSQL of your own (15 or newer).
Exit codes: 0 done, 1 done with problems, 2 wrong usage, 3 database not reachable, 130 interrupted.
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
    arguments = sys.argv[1:]
    if os.environ.get("KITH_SUPERVISED"):
        from kith.config.supervisor import end_with_the_supervisor

        end_with_the_supervisor()
    if arguments[:1] == ["demo"]:
        _give_the_demo_a_home()
    if not arguments or arguments[0] in {"-h", "--help"} or arguments == ["help"]:
        sys.stdout.write(HELP)
        return
    if arguments[0] == "--version":
        sys.stdout.write(f"kith {_version()}\n")
        return
    if arguments[0] == "resolve":
        from kith.config.resolving import resolve  # works on files: no settings, no database

        sys.exit(resolve(arguments[1:]))
    sys.exit(run(["kith", *(["help"] if arguments == ["commands"] else arguments)]))


def _give_the_demo_a_home() -> None:
    """Before the settings are read: the demo lives apart from real data unless told otherwise."""
    if os.environ.get("KITH_HOME") or os.environ.get("DATABASE_URL"):
        return
    import platformdirs

    os.environ["KITH_HOME"] = str(Path(platformdirs.user_data_dir("kith", appauthor=False)) / "demo")


def run(argv: list[str]) -> int:
    """Run one command; every expected trouble becomes one sentence and an exit code."""
    from django.db.utils import OperationalError

    try:
        _execute(argv)
    except BadEnvironment as error:
        return _tell(str(error), code=Exit.USAGE)
    except DatabaseUnusable as error:
        return _tell(str(error), code=Exit.UNREACHABLE)
    except OperationalError as error:
        return _tell(f"The database does not answer: {_first_line(error)}", code=Exit.UNREACHABLE)
    except KeyboardInterrupt:
        return _tell("Interrupted.", code=Exit.INTERRUPTED)
    except BrokenPipeError:  # kith ... | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.OK


def _execute(argv: list[str]) -> None:
    from django.core.management import execute_from_command_line

    from kith.kernel.errors import DomainError

    _keep_out_of_a_restore(argv)
    try:
        execute_from_command_line(argv)
    except DomainError as error:
        sys.exit(_tell(error.message, code=Exit.PROBLEMS))


_WHILE_RESTORING: Final = frozenset({"restore", "verify-backup", "doctor", "help", "check"})


def _keep_out_of_a_restore(argv: list[str]) -> None:
    """Whatever else works on data that is half there."""
    from kith.backups import marker
    from kith.config.embedded_postgres import home

    if argv[1] not in _WHILE_RESTORING and marker.is_there(home()):
        sys.exit(_tell(marker.SENTENCE, code=Exit.UNREACHABLE))


def _tell(sentence: str, *, code: Exit) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]


def _version() -> str:
    from importlib.metadata import version

    return version("kith-hub")
