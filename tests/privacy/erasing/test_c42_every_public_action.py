"""C42: nothing at all can be done on somebody who was anonymised, on their accounts, items, notes or files.

Which actions there are is read from the code: a new one that takes a contact, or something that hangs on one,
is called here or stands with a reason.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

import pytest
from django.db import DatabaseError, connection, transaction

from kith.access.actors import COMMAND_LINE as ME
from kith.access.models import User
from kith.accounts import actions as accounts
from kith.accounts.rules import AccountDetails, ItemDetails, Posting
from kith.attachments import actions as attachments
from kith.attachments.actions import Filing
from kith.attachments.rules import DeleteReason
from kith.contacts import actions as contacts
from kith.contacts.deletion import actions as deletion
from kith.contacts.models import Suppression
from kith.contacts.owning import actions as owning
from kith.contacts.rights import actions as rights
from kith.contacts.suppressions.asked import actions as asked
from kith.golden import actions as golden
from kith.golden.editing import actions as editing
from kith.golden.editing.edit import ContactEdit
from kith.grouping import actions as grouping
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Ungroup
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.notes import actions as notes
from kith.organisation import actions as organisation
from kith.organisation.levels import Level
from kith.printouts import actions as printouts
from kith.printouts.formats import Format
from kith.printouts.queries import Wish
from kith.privacy.erasing import actions as erasing
from kith.privacy.erasing import steps
from kith.privacy.holds import actions as holds
from kith.privacy.information import actions as information
from kith.privacy.register import actions as register
from kith.privacy.register.sealing import Said
from kith.relations import actions as relations
from kith.stewardship import actions as stewardship
from tests.architecture.tree import KITH, place, tracked_files
from tests.attachments import files
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db

HANGS_ON_SOMEBODY: Final = frozenset(
    {
        "account_id",
        "attachment_id",
        "contact_id",
        "contact_ids",
        "group_id",
        "intent",
        "note_id",
        "other_id",
        "override_id",
        "record_id",
        "record_ids",
        "relation_id",
        "suppression_id",
        "suppression_ids",
        "transaction_id",
    }
)
"""Names of what actions are told. `item_id` counts in accounts: elsewhere it is of a queue."""


@dataclass(frozen=True)
class Her:
    contact: int
    record: int
    second: int
    other: int
    """Contact that is there still."""
    account: int
    transaction: int
    item: int
    note: int
    relation: int
    attachment: int
    override: int
    suppression: int
    """Of which only ANONYMISED is left."""
    entry: int
    """Of the library."""
    part: int
    """Of the organisation."""
    user: int


def _carry_out(intent: Callable[[Her], Intent], her: Her) -> object:
    return grouping.carry_out(actor=ME, intent=intent(her))


def _ask(intent: Callable[[Her], Intent], her: Her) -> object:
    return stewardship.ask(actor=ME, intent=intent(her))


Call = Callable[[Her], object]
ITEM: Final = ItemDetails(kind="job", title="Repair")
DETAILS: Final = AccountDetails(number="A-77")
POSTING: Final = Posting(reference="R-77", date=date(2026, 11, 1), amount=Decimal(10))
WISH: Final = Wish(format=Format.JSON)
INTENTS: Final[tuple[Callable[[Her], Intent], ...]] = (
    lambda her: Group(master=her.other, children=(her.contact,)),
    lambda her: Group(master=her.contact, children=(her.other,)),
    lambda her: Ungroup(contact=her.contact),
    lambda her: Split(contact=her.contact, parts=((her.record,), (her.second,))),
    lambda her: MoveRef(record=her.record, to=her.other),
    lambda her: KeepApart(contacts=(her.contact, her.other)),
)
CALLS: Final[Mapping[str, tuple[Call, ...]]] = {
    "accounts:add_account": (
        lambda her: accounts.add_account(actor=ME, contact_id=her.contact, details=DETAILS),
    ),
    "accounts:edit_account": (
        lambda her: accounts.edit_account(actor=ME, account_id=her.account, details=DETAILS),
    ),
    "accounts:move_account": (
        lambda her: accounts.move_account(actor=ME, account_id=her.account, to="active"),
    ),
    "accounts:delete_account": (lambda her: accounts.delete_account(actor=ME, account_id=her.account),),
    "accounts:make_suspense_account": (
        lambda her: accounts.make_suspense_account(actor=ME, details=DETAILS, contact_id=her.contact),
    ),
    "accounts:post": (lambda her: accounts.post(actor=ME, account_id=her.account, posting=POSTING),),
    "accounts:set_billed": (
        lambda her: accounts.set_billed(actor=ME, transaction_id=her.transaction, is_unbilled=False),
        lambda her: accounts.set_billed(actor=ME, transaction_id=her.transaction, is_unbilled=True),
    ),
    "accounts:add_item": (lambda her: accounts.add_item(actor=ME, contact_id=her.contact, details=ITEM),),
    "accounts:edit_item": (lambda her: accounts.edit_item(actor=ME, item_id=her.item, details=ITEM),),
    "accounts:remove_item": (lambda her: accounts.remove_item(actor=ME, item_id=her.item),),
    "attachments:attach_file": (
        lambda her: attachments.attach_file(
            actor=ME, contact_id=her.contact, given=files.given("a.txt", b"A"), filing=Filing()
        ),
    ),
    "attachments:attach_entry": (
        lambda her: attachments.attach_entry(
            actor=ME, contact_id=her.contact, entry_id=her.entry, filing=Filing()
        ),
    ),
    "attachments:refile": (
        lambda her: attachments.refile(actor=ME, attachment_id=her.attachment, filing=Filing(name="Other")),
    ),
    "attachments:delete_attachment": (
        lambda her: attachments.delete_attachment(
            actor=ME, attachment_id=her.attachment, reason=DeleteReason(next(iter(DeleteReason)))
        ),
    ),
    "attachments:set_photo": (
        lambda her: attachments.set_photo(
            actor=ME, contact_id=her.contact, given=files.given("a.png", files.image(side=200))
        ),
    ),
    "attachments:remove_photo": (lambda her: attachments.remove_photo(actor=ME, contact_id=her.contact),),
    "contacts:edit_local": (
        lambda her: contacts.edit_local(
            actor=ME,
            contact_id=her.contact,
            record_id=her.record,
            claim={"first_name": "Dora"},
            version="0" * 32,
        ),
    ),
    "contacts:suppress": (
        lambda her: contacts.suppress(actor=ME, contact_id=her.contact, reason="opt_out", note="She asked."),
    ),
    "contacts:lift_suppression": (
        lambda her: contacts.lift_suppression(
            actor=ME, contact_id=her.contact, suppression_id=her.suppression, note="She is back."
        ),
    ),
    "contacts/deletion:delete_contact": (
        lambda her: deletion.delete_contact(actor=ME, contact_id=her.contact),
    ),
    "contacts/owning:change_owner": (
        lambda her: owning.change_owner(actor=ME, contact_ids=[her.contact], team_id=None),
        lambda her: owning.change_owner(actor=ME, contact_ids=[her.other, her.contact], team_id=None),
    ),
    "contacts/rights:reveal": (
        lambda her: rights.reveal(actor=ME, contact_id=her.contact, field="birth_date", reason="asked"),
    ),
    "contacts/rights:set_level": (
        lambda her: rights.set_level(actor=ME, contact_id=her.contact, level="vip", note="She is known."),
    ),
    "contacts/rights:leave_level_to_rules": (
        lambda her: rights.leave_level_to_rules(actor=ME, contact_id=her.contact, note="She is not."),
    ),
    "contacts/suppressions/asked:ask_lift": (
        lambda her: asked.ask_lift(
            actor=ME, contact_id=her.contact, suppression_id=her.suppression, note="She is back."
        ),
    ),
    "golden:make_primary": (
        lambda her: golden.make_primary(actor=ME, contact_id=her.contact, record_id=her.record),
    ),
    "golden:override": (
        lambda her: golden.override(
            actor=ME, contact_id=her.contact, field="gender", value={"gender": "female"}, mode="pinned"
        ),
    ),
    "golden:take_back_value": (
        lambda her: golden.take_back_value(actor=ME, override_id=her.override, key=""),
    ),
    "golden:withdraw_override": (lambda her: golden.withdraw_override(actor=ME, override_id=her.override),),
    "golden:deactivate_address": (
        lambda her: golden.deactivate_address(actor=ME, contact_id=her.contact, key="a"),
    ),
    "golden:activate_address": (
        lambda her: golden.activate_address(actor=ME, contact_id=her.contact, key="a"),
    ),
    "golden:remove_address": (lambda her: golden.remove_address(actor=ME, contact_id=her.contact, key="a"),),
    "golden:note_value": (
        lambda her: golden.note_value(
            actor=ME, contact_id=her.contact, field="emails", key="a", note="Hers", custom={}
        ),
    ),
    "golden/editing:edit_contact": (
        lambda her: editing.edit_contact(
            actor=ME, contact_id=her.contact, edit=ContactEdit(single={"first_name": "Dora"})
        ),
    ),
    "grouping:carry_out": tuple(partial(_carry_out, intent) for intent in INTENTS),
    "stewardship:ask": tuple(partial(_ask, intent) for intent in INTENTS),
    "stewardship:ask_for_help": (
        lambda her: stewardship.ask_for_help(actor=ME, title="Who is she?", contact_id=her.contact),
    ),
    "notes:add_note": (lambda her: notes.add_note(actor=ME, contact_id=her.contact, text="She called"),),
    "notes:edit_note": (lambda her: notes.edit_note(actor=ME, note_id=her.note, text="She called", seen=0),),
    "notes:remove_note": (lambda her: notes.remove_note(actor=ME, note_id=her.note),),
    "organisation:add_part": (
        lambda her: organisation.add_part(actor=ME, level=Level.COMMUNITY, name="Hers", group_id=her.contact),
    ),
    "organisation:edit_part": (
        lambda her: organisation.edit_part(
            actor=ME, level=Level.COMMUNITY, part_id=her.part, name="Hers", group_id=her.contact
        ),
    ),
    "organisation:place_user": (
        lambda her: organisation.place_user(actor=ME, user_id=her.user, unit_id=None, group_id=her.contact),
    ),
    "printouts:print_contact": (
        lambda her: printouts.print_contact(actor=ME, contact_id=her.contact, wish=WISH),
    ),
    "printouts:ask_to_send": (
        lambda her: printouts.ask_to_send(actor=ME, contact_id=her.contact, wish=WISH),
    ),
    "privacy/erasing:order_erasure": (
        lambda her: erasing.order_erasure(actor=ME, contact_id=her.contact, typed_group_id=her.contact),
    ),
    "privacy/holds:place_hold": (
        lambda her: holds.place_hold(actor=ME, contact_id=her.contact, reason="A lawsuit"),
    ),
    "privacy/information:make_link": (
        lambda her: information.make_link(actor=ME, contact_id=her.contact, wish=WISH),
    ),
    "privacy/register:receive_request": (
        lambda her: register.receive_request(
            actor=ME,
            kind="access",
            channel="letter",
            received_on=date(2026, 11, 1),
            said=Said(name="Dora"),
            contact_id=her.contact,
        ),
    ),
    "relations:add_relation": (
        lambda her: relations.add_relation(
            actor=ME, contact_id=her.contact, other_id=her.other, code="FRIEND"
        ),
        lambda her: relations.add_relation(
            actor=ME, contact_id=her.other, other_id=her.contact, code="FRIEND"
        ),
    ),
    "relations:change_relation": (
        lambda her: relations.change_relation(
            actor=ME, relation_id=her.relation, contact_id=her.contact, code="FRIEND", note="", seen=0
        ),
        lambda her: relations.change_relation(
            actor=ME, relation_id=her.relation, contact_id=her.other, code="FRIEND", note="", seen=0
        ),
    ),
    "relations:remove_relation": (
        lambda her: relations.remove_relation(actor=ME, relation_id=her.relation, contact_id=her.contact),
        lambda her: relations.remove_relation(actor=ME, relation_id=her.relation, contact_id=her.other),
    ),
}
REASONED: Final[Mapping[str, str]] = {
    "privacy/information:withdraw_link": "takes away what was made of her before, if it is there still",
    "contacts/suppressions:lift_whole": "part of ending and taking back lists; of her only “anonymised” is"
    " left, which neither ends nor stands in a list",
    "organisation:own_new": "part of adding a contact: of a System Ref that was made a moment ago",
    "organisation:own_imported": "part of an import, after its door",
    "organisation:give": "part of changing owners, which refuses",
    "privacy/elsewhere:make_tasks": "part of anonymising itself",
    "privacy/register:attach_contact": "takes a contact that is there, by the same look-up as receiving",
    "privacy/scheduled:order_batch": "orders by order_erasure, which refuses",
    "stewardship:open_case": "Kith's own way to tell people, also of an erasure that needs one",
}


def _actions() -> set[str]:
    return {
        f"{place(path).removeprefix('kith/').removesuffix('/actions.py')}:{node.name}"
        for path in tracked_files()
        if path.name == "actions.py" and path.is_relative_to(KITH)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and _is_about_somebody(path.parent.name, {one.arg for one in node.args.kwonlyargs})
    }


def _is_about_somebody(room: str, told: set[str]) -> bool:
    wanted = HANGS_ON_SOMEBODY | ({"item_id"} if room == "accounts" else set())
    return "actor" in told and bool(told & wanted)


def test_every_action_about_somebody_is_called_here_or_stands_with_a_reason() -> None:
    assert _actions() == {*CALLS, *REASONED}
    assert not set(CALLS) & set(REASONED)


@pytest.fixture
def her(administrator: User) -> Her:
    """Of each kind of thing one that hung on her before."""
    allow()
    first, second = (
        factories.record(
            {"first_name": "Dora", "last_name": "Marlowe", "email_1": "dora.marlowe@example.org"}, ref=ref
        )
        for ref in ("T-1001", "T-1002")
    )
    contact, other = factories.contact(first, second), factories.person("Paul", "Other")
    details = AccountDetails(number="A-1")
    account = accounts.add_account(actor=ME, contact_id=contact.pk, details=details)
    posted = accounts.post(actor=ME, account_id=account.pk, posting=POSTING)
    accounts.move_account(actor=ME, account_id=account.pk, to="terminated")
    item = accounts.add_item(
        actor=ME, contact_id=contact.pk, details=replace(ITEM, is_running=False, ended_date=date(2025, 1, 1))
    )
    note = notes.add_note(actor=ME, contact_id=contact.pk, text="Call Dora Marlowe after the matinee")
    relation = relations.add_relation(actor=ME, contact_id=contact.pk, other_id=other.pk, code="FRIEND")
    attachment = attachments.attach_file(
        actor=ME, contact_id=contact.pk, given=files.given("a.txt", b"Her contract"), filing=Filing()
    )
    override = golden.override(
        actor=ME, contact_id=contact.pk, field="gender", value={"gender": "female"}, mode="pinned"
    )
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", (erasure.blocked, erasure.trouble)
    return Her(
        contact=contact.pk,
        record=first.pk,
        second=second.pk,
        other=other.pk,
        account=account.pk,
        transaction=posted.pk,
        item=item.pk,
        note=note.pk,
        relation=relation.pk,
        attachment=attachment.pk,
        override=override.pk,
        suppression=Suppression.objects.get(reason="anonymised").pk,
        entry=attachments.add_library_url(
            actor=ME, url="https://example.org/terms", filing=Filing(name="Terms")
        ).pk,
        part=organisation.add_part(actor=ME, level=Level.COMMUNITY, name="Theirs").pk,
        user=administrator.pk,
    )


def everything() -> dict[str, str]:
    """Each table, as one hash."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        parts = (
            f"SELECT '{one}', md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), ''))"
            f' FROM "{one}" t'
            for one in tables
        )
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def test_c42_each_is_refused_with_a_sentence_and_changes_nothing(her: Her) -> None:
    before, wrong = everything(), list[str]()
    for name, calls in CALLS.items():
        for number, call in enumerate(calls):
            said = _said(call, her)
            after = everything()
            if said:
                wrong.append(f"{name} ({number}): {said}")
            elif after != before:
                changed = sorted(one for one in after if after[one] != before[one])
                wrong.append(f"{name} ({number}) changed {changed}")
            before = after
    assert not wrong, "\n".join(wrong)


def _said(call: Call, her: Her) -> str:
    """What is wrong with how it was refused; '' where nothing is."""
    before = transaction.savepoint()
    try:
        call(her)
    except (Refused, Conflict, NotFound) as refused:
        is_sentence = refused.message.endswith(".") and refused.message[:1].isupper()
        return "" if is_sentence else f"no sentence: {refused.message!r}"
    except DomainError as error:
        return f"refused for another reason: {error.message}"
    except DatabaseError as error:
        transaction.savepoint_rollback(before)
        return f"only the database refused: {error}"
    return "not refused"
