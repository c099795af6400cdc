"""Printouts for other systems: fetch one, have one e-mailed, hear what became of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.http import HttpResponse
from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.contacts import queries as contacts
from kith.printouts import actions, queries
from kith.printouts.formats import Format
from kith.printouts.models import Sending
from kith.printouts.queries import Wish
from kith.printouts.schemas import PrintoutAccepted, PrintoutAsked, PrintoutSendIn, PrintoutSending
from kith.printouts.serving import answer_of
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    Problem,
    answers,
    falling,
)

contact_printouts: Final = Router(tags=["printouts"])
_FILE: Final = {
    "responses": {200: {"description": "The printout", "content": {"*/*": {"schema": {"type": "string"}}}}}
}


@contact_printouts.get(
    "/{group_id}/printout",
    summary="Print a contact",
    auth=with_key(Permission.CONTACT_PRINT),
    response={
        code: shape
        for code, shape in answers(Problem, *WITH_ID, *WITH_QUERY).items()
        if code != HTTPStatus.OK
    },
    openapi_extra=_FILE,
)
def print_contact(request: ApiRequest, group_id: Id, asked: Query[PrintoutAsked]) -> HttpResponse:
    """The file itself; what is masked for the key's role is masked in it. It is written into the journal."""
    wish = Wish(format=asked.format, sections=tuple(asked.section))
    return answer_of(actions.print_contact(actor=request.auth, contact_id=group_id, wish=wish))


@contact_printouts.post(
    "/{group_id}/printout/send",
    summary="E-mail a printout to its contact",
    auth=with_key(Permission.CONTACT_PRINT),
    response=answers(PrintoutAccepted, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def send_printout(request: ApiRequest, group_id: Id, given: PrintoutSendIn) -> Status[PrintoutAccepted]:
    """To the primary e-mail, in the background; the list says what became of it. 422: the contact is
    suppressed, or has no e-mail.
    """
    wish = Wish(format=given.format, sections=tuple(given.sections))
    made = actions.ask_to_send(actor=request.auth, contact_id=group_id, wish=wish)
    state = Sending.State(made.state)
    return Status(HTTPStatus.ACCEPTED, PrintoutAccepted(id=made.pk, group_id=group_id, state=state))


@contact_printouts.get(
    "/{group_id}/printouts",
    summary="List the e-mailed printouts of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[PrintoutSending], *WITH_ID, *WITH_QUERY),
)
def list_sent_printouts(request: ApiRequest, group_id: Id, paging: Query[Paging]) -> Listed[PrintoutSending]:
    """The newest first, with what became of each."""
    contacts.opened(group_id, actor=request.auth)
    page = falling(queries.sendings_of(group_id, actor=request.auth).order_by(), paging)
    return Listed[PrintoutSending](items=[_out(one) for one in page.rows], next=page.next)


def _out(sending: Sending) -> PrintoutSending:
    return PrintoutSending(
        id=sending.pk,
        format=Format(sending.format),
        sections=sending.sections,
        state=Sending.State(sending.state),
        trouble=sending.get_trouble_display() if sending.trouble else "",
        attempts=sending.attempts,
        by=sending.actor,
        asked_at=sending.asked_at,
        ended_at=sending.ended_at,
    )
