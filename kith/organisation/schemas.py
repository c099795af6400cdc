from __future__ import annotations

from ninja import Field, Schema

from kith.organisation.levels import Level
from kith.web.api import NAMES_STATE, SEEN, In, Number, Seen, Text


class PlacedUser(Schema):
    id: int
    name: str
    contact: int | None = Field(description="GroupID of the contact who the user is.")
    seen: str = Field(description=NAMES_STATE)


class UnitOut(Schema):
    id: int
    name: str
    contact: int | None = Field(description="GroupID of the contact it names.")
    seen: str = Field(description=NAMES_STATE)
    users: list[PlacedUser]


class TeamOut(Schema):
    id: int
    name: str
    contact: int | None = Field(description="GroupID of the contact it names.")
    seen: str = Field(description=NAMES_STATE)
    units: list[UnitOut]


class CommunityOut(Schema):
    id: int
    name: str
    contact: int | None = Field(description="GroupID of the contact it names.")
    seen: str = Field(description=NAMES_STATE)
    teams: list[TeamOut]


class OrganisationOut(Schema):
    communities: list[CommunityOut]


class PartGiven(In):
    name: Text
    contact: Number | None = Field(None, description="GroupID of the contact it names.")


class PartEdit(PartGiven):
    seen: Seen = Field("", description=SEEN)


class PartIn(PartGiven):
    level: Level
    parent: Number | None = Field(None, description="Of a team its community, of a unit its team.")


class PartChanged(Schema):
    level: Level
    id: int


class UserPlaceIn(In):
    unit: Number | None = Field(description="Null: the user belongs nowhere.")
    contact: Number | None = Field(None, description="GroupID of the contact who the user is.")
    seen: Seen = Field("", description=SEEN)


class UserPlaced(Schema):
    user_id: int
    unit: int | None
