"""Schemathesis: whatever fits the description is answered as described, and what does not is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django import Settings

from kith.access.models import ApiKey, KeptAnswer
from kith.access.roles import RoleName
from kith.config.api import document
from kith.config.wsgi import application
from kith.users import keys

EXAMPLES = 12


def _with_the_one_source(made: dict[str, Any]) -> dict[str, Any]:
    """The codes of the sources are data, which a description cannot know: a code made up is a 422."""
    shapes = made["components"]["schemas"]
    shapes["RecordIn"]["properties"]["source"] = {"enum": ["LOCAL", None]}
    shapes["SystemRefSearch"]["properties"]["source"] = {"enum": ["LOCAL", ""]}
    _with_codes(shapes["SearchIn"])
    # A search that asks for nothing is not kept.
    shapes["SearchCriteria"]["properties"] = {"created_from": {"type": "string", "format": "date"}}
    shapes["SearchCriteria"]["required"] = ["created_from"]
    form = made["paths"]["/api/v1/contacts/{group_id}/attachments"]["post"]["requestBody"]
    fields = form["content"]["multipart/form-data"]["schema"]["properties"]
    fields |= {"file": {**fields["file"], "enum": ["just text"]}, "name": {"enum": ["", "letter"]}}
    sent = made["paths"]["/api/v1/imports"]["post"]["requestBody"]
    sent = sent["content"]["multipart/form-data"]["schema"]["properties"]
    sent["file"] |= {"enum": ["Contact Type,First Name,Last Name\nPERSON,Ann,Lee\n"]}
    for name, value in {"source": "LOCAL", "kind": "contacts", "whole_source": "no"}.items():
        sent[name] = {"enum": [value]}
    for properties in (fields, shapes["FromLibraryIn"]["properties"]):
        properties["classification"] = {"enum": ["", "CONTRACT"]}
    shapes["PrintoutSendIn"]["properties"]["sections"]["items"] = {"enum": ["golden"]}
    for parameter in made["paths"]["/api/v1/contacts/{group_id}/printout"]["get"]["parameters"]:
        if parameter["name"] == "section":
            parameter["schema"]["items"] = {"enum": ["golden", "claims"]}
        if parameter["name"] == "format":
            parameter["schema"] = {"enum": ["json", "vcard"]}
    # What may be revealed, which levels there are, and what a kind of change takes, is data as well.
    for shape, name, value in (
        ("RevealIn", "field", "passport_number"),
        ("RevealIn", "reason", "asked"),
        ("LevelIn", "level", "RESTRICTED"),
        ("LevelIn", "note", "As she asked."),
        ("BulkChangeIn", "kind", "category"),
        ("BulkChangeIn", "value", ""),
    ):
        shapes[shape]["properties"][name] = {"enum": [value]}
    shapes["SettingsFile"]["properties"]["sections"] = {"enum": [{}]}
    shapes["SettingsFileIn"]["properties"]["seen"] = {"enum": [""]}
    _with_a_contact(shapes["ContactIn"])
    _narrow(
        shapes["ContactEditIn"], {"title", "employees", "direct_marketing", "custom", "emails", "based_on"}
    )
    for path in ("review", "corrections"):
        for parameter in made["paths"][f"/api/v1/{path}"]["get"]["parameters"]:
            if parameter["name"] == "source":
                parameter["schema"] = {"enum": ["LOCAL", ""]}
    # So is it of two days that the second must not come before the first, nor a year after it.
    days = {"start": "2026-04-23", "end": "2026-04-29"}
    for parameter in made["paths"]["/api/v1/name-days"]["get"]["parameters"]:
        if parameter["name"] in days:
            parameter |= {"schema": {"enum": [days[parameter["name"]]]}, "required": True}
    for methods in made["paths"].values():
        for operation in methods.values():
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).pop(
                "example", None
            )
    return made


def _with_codes(shape: dict[str, Any]) -> None:
    """What can be chosen is data."""
    _narrow(shape, {"email", "suppressed", "created_from", "name_day_to", "sort", "cursor", "size"})
    choices = {"kind": ["person", ["company"], None], "source": ["LOCAL", ["LOCAL"], None], "custom": [{}]}
    shape["properties"] |= {name: {"enum": codes} for name, codes in choices.items()}


def _with_a_contact(shape: dict[str, Any]) -> None:
    """What makes a contact is rules and settings, which a description cannot hold."""
    _narrow(shape, {"gender", "direct_marketing"})
    given = {"kind": "person", "first_name": "Ann", "last_name": "Lee", "save_anyway": True}
    shape["properties"] |= {name: {"enum": [value]} for name, value in given.items()}
    shape["required"] = [*given]


def _narrow(shape: dict[str, Any], kept: set[str]) -> None:
    """Fifty fields of one kind take a minute to make up, and say no more than one of each kind."""
    shape["properties"] = {name: field for name, field in shape["properties"].items() if name in kept}


schema = schemathesis.openapi.from_dict(_with_the_one_source(document()))
schema.app = application


TOKEN: Final = keys.Token("schemath", "of no use anywhere else")


@schema.auth()
class Key:
    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        return f"Bearer {TOKEN.text}"

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = data


@pytest.fixture
def system(db: None, settings: Settings) -> ApiKey:
    """Wrong keys are among what is tried: nobody is shut out for it here."""
    settings.AXES_FAILURE_LIMIT = 1_000_000
    return ApiKey.objects.create(
        name="Schemathesis", role=RoleName.STEWARD, prefix=TOKEN.prefix, secret_hash=TOKEN.secret_hash
    )


@pytest.fixture
def kept_connection(db: None) -> Iterator[None]:
    """A request through WSGI ends by closing what it used: here, the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@pytest.mark.usefixtures("kept_connection", "system")
@examples(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_its_description(case: schemathesis.Case) -> None:
    KeptAnswer.objects.all().delete()  # the header of one request may come again with another one here
    case.call_and_validate()
