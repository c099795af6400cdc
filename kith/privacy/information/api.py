"""The report to a person, for a system that hands it over, a customer portal for instance."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Final

from django.http import HttpResponse
from ninja import Query, Router, Schema

from kith.access.permissions import Permission
from kith.printouts import actions
from kith.printouts.formats import Format
from kith.printouts.queries import Wish
from kith.printouts.serving import answer_of
from kith.privacy.information.sections import KEY
from kith.users.key_door import with_key
from kith.web.api import WITH_ID, WITH_QUERY, ApiRequest, Id, Problem, answers

contact_information: Final = Router(tags=["privacy"])
_FILE: Final = {
    "responses": {200: {"description": "The report", "content": {"*/*": {"schema": {"type": "string"}}}}}
}


class ReportFormat(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"
    JSON = "json"


class InformationAsked(Schema):
    format: ReportFormat = ReportFormat.JSON


@contact_information.get(
    "/{group_id}/information",
    summary="Report all that is held about a contact",
    auth=with_key(Permission.CONTACT_REPORT),
    response={
        code: shape
        for code, shape in answers(Problem, *WITH_ID, *WITH_QUERY).items()
        if code != HTTPStatus.OK
    },
    openapi_extra=_FILE,
)
def request_information(request: ApiRequest, group_id: Id, asked: Query[InformationAsked]) -> HttpResponse:
    """The file itself: nothing of the person is masked in it, third persons are. It is written into the
    journal. 422: the contact was anonymised."""
    wish = Wish(format=Format(asked.format), preset=KEY)
    return answer_of(actions.print_contact(actor=request.auth, contact_id=group_id, wish=wish))
