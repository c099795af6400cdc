"""Every change goes through an action: permission, lock, rule, write, journal."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.tree import KITH, place, source_files

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
MAY_WRITE = {
    "kith/audit/journal.py": "the only writer of the journal",
    "kith/audit/chain/sealing.py": "the only writer of the blocks that seal it",
    "kith/access/models.py": "Django's own way to make a user, for createsuperuser and tests",
    "kith/jobs/progress.py": "progress is shown while the work goes on, outside its transaction",
    "kith/sources/loading.py": "bulk loading, called by the import's action only",
    "kith/golden/writing.py": "rows of what people say, called by the room's actions only",
    "kith/sources/claim_templates.py": "saves a workbook, no row",
    "kith/attachments/drawing.py": "saves a picture, no row",
    "kith/vault/details.py": "beside the journal, in the transaction of the change that it tells of",
    "kith/runs/steps.py": "each step's state is written between the steps, for whoever watches",
    "kith/sso/built_in.py": "stands where another system would, called by the room's actions only",
    "kith/privacy/erasing/steps.py": "an erasure that an action ordered, each step in its transaction",
    "kith/privacy/erasing/progress.py": "how far an erasure is that an action ordered",
    "kith/privacy/erasing/proving.py": "the last steps of an erasure that an action ordered",
}
NO_PERMISSION_NEEDED = {
    "kith/users/actions.py:change_own_password": "everybody may change their own, and shows the old one",
    "kith/users/actions.py:note_sign_in": "called by the sign-in itself",
    "kith/users/actions.py:note_sign_out": "called by the sign-out itself",
    "kith/users/actions.py:note_failed_sign_in": "called for somebody who is nobody yet",
    "kith/users/actions.py:note_key_use": "called by the API's door itself",
    "kith/users/actions.py:count_key_use": "called by the API's door itself",
    "kith/users/actions.py:keep_place": "called for whoever the door let in, around the action that asks",
    "kith/users/actions.py:keep_answer": "the same",
    "kith/users/actions.py:remove_old_answers": "housekeeping, called by its task only",
    "kith/delivery/actions.py:note_results": "called by the job that sent, for the installation",
    "kith/delivery/actions.py:remove_old_events": "housekeeping, called by its task only",
    "kith/printouts/actions.py:note_outcome": "called by the job that sent, for the installation",
    "kith/printouts/actions.py:forget_sendings": "part of deleting or anonymising, which asks",
    "kith/printouts/actions.py:forget_waiting_sendings": "the same",
    "kith/find/exporting/actions.py:remove_expired": "housekeeping, called by its task only",
    "kith/find/exporting/actions.py:forget_contacts": "part of deleting a contact, which asks",
    "kith/find/bulk/actions.py:forget_contacts": "the same",
    "kith/notes/actions.py:forget_notes": "part of deleting or anonymising, which asks",
    "kith/attachments/actions.py:forget_attachments": "the same",
    "kith/relations/actions.py:forget_relations": "the same",
    "kith/privacy/elsewhere/actions.py:open_cases_of_due": "housekeeping, called by its task only",
    "kith/privacy/register/actions.py:take_in": "part of confirming a request, by whoever has its link",
    "kith/privacy/register/actions.py:open_cases_of_due": "housekeeping, called by its task only",
    "kith/privacy/register/actions.py:forget_old_words": "the same",
    "kith/privacy/register/actions.py:forget_words_of": "part of anonymising a contact, which asks",
    "kith/privacy/register/actions.py:forget_contacts": "part of deleting a contact, which asks",
    "kith/privacy/register/front/actions.py:ask": "whoever it is: the public form, limited",
    "kith/privacy/register/front/actions.py:confirm": "whoever has the link that the e-mail took along",
    "kith/privacy/register/front/actions.py:note_mailed": "called by the job that sent, for the installation",
    "kith/privacy/register/front/actions.py:remove_unconfirmed": "housekeeping, called by its task only",
    "kith/privacy/front/actions.py:count_use": "called by the public doors themselves",
    "kith/privacy/front/actions.py:forget_old_uses": "housekeeping, called by its task only",
    "kith/privacy/information/actions.py:open_link": "whoever has the one-time link",
    "kith/privacy/information/actions.py:remove_expired": "housekeeping, called by its task only",
    "kith/privacy/information/actions.py:forget_links": "part of deleting or anonymising, which asks",
    "kith/users/actions.py:note_failed_key": "called by the API's door, for somebody who is nobody",
}


def _public_functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def _calls(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(call, ast.Call)
        and (
            (isinstance(call.func, ast.Name) and call.func.id == name)
            or (isinstance(call.func, ast.Attribute) and call.func.attr == name)
        )
        for call in ast.walk(node)
    )


def _complaint(path: Path, function: ast.FunctionDef) -> str | None:
    where = f"{place(path)}:{function.name}"
    if where in NO_PERMISSION_NEEDED:
        return None
    if "actor" not in {argument.arg for argument in function.args.kwonlyargs}:
        return f"{where} takes no keyword-only actor"
    if not _calls(function, "require"):
        return f"{where} does not call require"
    return None


def test_every_action_names_its_actor_and_asks_for_the_permission() -> None:
    complaints = [
        complaint
        for path in KITH.rglob("actions.py")
        for function in _public_functions(path)
        if (complaint := _complaint(path, function))
    ]
    assert not complaints, "; ".join(complaints)


def _is_database_write(call: ast.Call) -> bool:
    """`.update(` of a dict or a hash is none: told by what it hangs on."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    if call.func.attr in {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}:
        return True
    return any(
        isinstance(part, ast.Attribute) and part.attr in {"objects", "_base_manager", "_default_manager"}
        for part in ast.walk(call.func)
    ) or (call.func.attr == "delete" and not call.args and not _hangs_on_request(call.func))


def _hangs_on_request(func: ast.Attribute) -> bool:
    return any(
        isinstance(part, ast.Attribute) and part.attr in {"session", "POST"} for part in ast.walk(func)
    )


def test_rows_are_written_in_actions_only() -> None:
    writes = [
        f"{place(path)}:{call.lineno}"
        for path in source_files()
        # erasing.py: what a room does in the one transaction that an action of privacy opens.
        if path.name not in {"actions.py", "erasing.py"} and place(path) not in MAY_WRITE
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _is_database_write(call)
    ]
    assert not writes, "move into actions.py: " + ", ".join(writes)
