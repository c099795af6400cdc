"""What an actor sees, by the settings in force. Within a request the settings are read once."""

from __future__ import annotations

from kith.access.actors import Actor
from kith.access.models import User
from kith.access.permissions import Permission
from kith.contacts.rights.rules import Sight, union
from kith.contacts.rights.sections import privacy_levels


def sight_of(who: Actor | User) -> Sight:
    """Of a user or an API key; of an actor without a role: nothing but names."""
    actor = who.actor if isinstance(who, User) else who
    value = privacy_levels()
    mine = [{one.level: one.cells} for one in value.rights if one.role in actor.roles]
    return Sight(
        by_level=union(mine),
        may_reveal=actor.may(Permission.CONTACT_REVEAL),
        birth_date=value.birth_date_shows,
    )
