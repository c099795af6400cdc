"""Requests as tests need them."""

from __future__ import annotations

from datetime import date

from kith.access.actors import COMMAND_LINE
from kith.kernel.clock import today
from kith.privacy.register import actions
from kith.privacy.register.models import Kind, PersonRequest
from kith.privacy.register.sealing import Said

SAID = Said(name="Zenobia Kallistratos", reach="zenobia@example.org", words="Tell me all about me")


def received(
    kind: str = Kind.ACCESS, *, on: date | None = None, contact_id: int | None = None
) -> PersonRequest:
    return actions.receive_request(
        actor=COMMAND_LINE,
        kind=kind,
        channel="letter",
        received_on=on or today(),
        said=SAID,
        contact_id=contact_id,
    )


def identified(
    kind: str = Kind.ACCESS, *, on: date | None = None, contact_id: int | None = None
) -> PersonRequest:
    made = received(kind, on=on, contact_id=contact_id)
    return actions.check_identity(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, how="Passport shown at the desk"
    )
