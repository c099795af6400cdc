"""Field × role × surface: nobody reads anywhere what their role does not see (C20)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import ROLES, RoleName
from kith.contacts.models import Contact
from kith.contacts.rights import actions
from kith.contacts.rights.rules import MASKS, Shown
from kith.contacts.rights.sections import RESTRICTED, STANDARD, shipped
from kith.contacts.rights.sight import sight_of
from kith.golden import actions as golden
from kith.golden.models import GoldenOverride
from kith.kernel.clock import now
from kith.relations.actions import add_relation
from kith.sources import actions as imports
from kith.sources.importing import run_import
from kith.sources.models import LOCAL, Import, SourceRecord, SourceSystem
from kith.stewardship.cases import open_case
from kith.stewardship.review.keeping import rebuild
from kith.stewardship.review.models import ReviewItem
from tests.api.conftest import SystemWith, system_with
from tests.contacts import factories
from tests.contacts.rights.surfaces import SURFACES, Reader, World
from tests.stewardship.doubtful import asks

__all__ = ["system_with"]
pytestmark = pytest.mark.django_db

SECRETS: dict[str, tuple[str, ...]] = {
    "id_number": ("X7712345", "x7712345", "X7798765", "X7711177", "X7711188"),
    "passport_number": ("P4471239",),
    "social_security_number": ("S5512398",),
    "vat_number": ("10259033P",),
    "registration_number": ("R8834571",),
    "birth_date": ("1963-08-27", "27 Aug 1963", "27\u00a0Aug\u00a01963", "27/08/1963"),
    "gender": (),
    "emails": (
        "kostas.secret@example.org",
        "hidden.kostas@example.net",
        "nameless.secret@example.org",
    ),
    "phones": ("+35799876543", "+357 99 876543", "99876543"),
    "addresses": ("Makariou 4711", "Xylotymbou"),
    "custom": ("Sponge diving",),
}
"""How each value of the contact can read, those of every claim among them."""

LOCAL_ROWS = """Contact Type,Contact Code,First Name,Last Name,ID Number
PERSON,I1,Ida,Imported,X7711177
PERSON,I2,Ida,,X7711188
"""


def laid_down(text: str) -> Import:
    """By a command, so that nobody who looks has the file anyway."""
    return imports.add_import(
        actor=COMMAND_LINE,
        source=SourceSystem.objects.get(code=LOCAL),
        kind="contacts",
        file_name="people.csv",
        content=[text.encode()],
    )


def taken_in(text: str) -> Import:
    job = laid_down(text)
    imports.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    return run_import(job.pk)


@pytest.fixture
def world(tmp_path: Path, settings: LazySettings) -> World:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    said = {
        "first_name": "Kostas",
        "last_name": "Secretperson",
        "birth_date": "1963-08-27",
        "id_number": "X7712345",
        "passport_number": "P4471239",
        "social_security_number": "S5512398",
        "vat_number": "10259033P",
        "registration_number": "R8834571",
        "email_1": "kostas.secret@example.org",
        "phone_1": "+35799876543",
        "address_1_line1": "Makariou 4711",
        "address_1_city": "Xylotymbou",
        "address_1_country": "CY",
        "custom.industry": "Sponge diving",
    }
    otherwise = {"email_1": "hidden.kostas@example.net", "id_number": "X7798765"}
    local = SourceRecord.objects.filter(source__code=LOCAL)
    contact = factories.contact(
        factories.record(said, code="TICKETS"),
        factories.record({**said, **otherwise}, code=LOCAL),
    )
    other = factories.person("Kostas", "Secretperson", code="SHOP", birth_date="1963-08-27")
    for field, value in (
        ("id_number", {"id_number": "X7712345"}),
        ("emails", {"email_1": "kostas.secret@example.org"}),
        ("birth_date", {"birth_date": "27/08/1963"}),
    ):
        golden.override(
            actor=COMMAND_LINE,
            contact_id=contact.pk,
            field=field,
            value=value,
            mode=GoldenOverride.Mode.PINNED,
        )
    nameless = factories.contact(factories.record({"email_1": "nameless.secret@example.org"}))
    add_relation(actor=COMMAND_LINE, contact_id=contact.pk, other_id=nameless.pk, code="FRIEND")
    asks(contact, other)
    asks(contact, nameless)
    rebuild()
    case = open_case(kind="manual", title="Who is this?", contact_id=nameless.pk)
    return World(
        contact=Contact.objects.get(pk=contact.pk),
        other=other,
        local_record=local.of_contact(contact.pk).get().pk,
        review_item=ReviewItem.objects.get(right_contact_id=other.pk).pk,
        nameless=nameless,
        case=case.pk,
        import_file=taken_in(LOCAL_ROWS).pk,
        draft=laid_down(LOCAL_ROWS.replace(",X7711177", ",")).pk,
        then=(now() - timedelta(seconds=1)).isoformat(),
    )


def reader(role: RoleName, system_with: SystemWith) -> Reader:
    user = User.objects.create_user(f"{role}@example.com", name="Reader", roles=[role])
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return Reader(browser=browser, key=system_with(role).client, actor=user.actor)


def told(text: str, field: str) -> list[str]:
    return [secret for secret in SECRETS[field] if secret in text]


@pytest.mark.parametrize("role", [RoleName.VIEWER, RoleName.AGENT, RoleName.STEWARD, RoleName.ADMINISTRATOR])
def test_c20_no_surface_tells_a_role_what_it_does_not_see(
    world: World, system_with: SystemWith, role: RoleName
) -> None:
    who = reader(role, system_with)
    leaks, opened = [], set[str]()
    for level in (STANDARD, RESTRICTED):
        for one in (world.contact, world.other, world.nameless):
            actions.set_level(actor=COMMAND_LINE, contact_id=one.pk, level=level, note="Test")
        sight = sight_of(who.actor).at(level)
        for surface in SURFACES:
            text = None if _is_refused(surface.name, sight.shows("id_number")) else surface.read(who, world)
            if text is None:
                continue
            opened.add(surface.name)
            unseen = [field for field in SECRETS if sight.shows(field) is not Shown.SHOWN]
            leaks += [(level, surface.name, found) for field in unseen if (found := told(text, field))]
            if level == STANDARD and surface.name in {"contact page", "API: contact"}:
                assert told(text, "emails"), "what is shown must be there, or the test shows nothing"
    assert not leaks
    assert {"contact page", "history", "why", "API: contact", "API: golden values"} <= opened
    if role is RoleName.ADMINISTRATOR:
        assert {surface.name for surface in SURFACES} == opened


def _is_refused(name: str, shown: Shown) -> bool:
    """The form of a field that is hidden does not open at all."""
    return shown is Shown.HIDDEN and name in {"form of id_number", "form of passport_number"}


def test_c20_the_other_roles_see_what_a_steward_sees_as_kith_comes() -> None:
    cells = {(one.role, one.level): one.cells for one in shipped().rights}
    for level in (STANDARD, RESTRICTED):
        alike = {str(cells[role, level]) for role in ROLES if role not in {RoleName.VIEWER, RoleName.AGENT}}
        assert len(alike) == 1
    assert set(cells[RoleName.STEWARD, STANDARD]) == set(MASKS)
