"""Relations as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.relations.actions import LONGEST
from kith.web.api import In, Number

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9_]{0,19}$")]
Note = Annotated[str, StringConstraints(max_length=LONGEST, pattern=r"^[^\x00]*$")]
_TYPE: Final = "Code of the type: what the other contact is to this one. It shows inverted on the other."


class ContactRelation(Schema):
    id: int
    relation: str = Field(description=_TYPE)
    label: str
    group_id: int = Field(description="Of the other contact.")
    name: str = Field(description="Of the other contact.")
    kind: Literal["person", "company"]
    note: str
    by: str = Field(description="Who added it.")
    at: datetime
    edits: int = Field(description="How often it was changed. Send it along with a change.")


class ContactRelationIn(In):
    group_id: Number = Field(description="Of the other contact.")
    relation: Code = Field(description=_TYPE)
    note: Note = ""


class ContactRelationEditIn(In):
    relation: Code = Field(description=_TYPE)
    note: Note = ""
    edits: int = Field(ge=0, le=2**31 - 1, description="How often it was changed when you read it.")


class ContactRelationChanged(Schema):
    id: int
