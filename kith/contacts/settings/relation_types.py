"""C6: how two contacts can be related. Each type knows what it is from the other side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kith.contacts.settings.codes import by_code, problems_of
from kith.contacts.settings.in_use import in_use, removed_but_in_use
from kith.matching.records import COMPANY, PERSON
from kith.settings.in_force import in_force
from kith.settings.sections import Section

KINDS: Final = (PERSON, COMPANY)
_KEY: Final = "relation_types"


@dataclass(frozen=True, slots=True)
class RelationType:
    code: str
    label: str
    """What the other contact is to this one: `Employer`."""
    inverse: str
    """The code of what this contact then is to the other; its own code where both are the same."""
    kinds: tuple[str, ...] = KINDS
    """Which kinds of contact can be it."""
    mandatory: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class RelationTypes:
    types: tuple[RelationType, ...] = ()

    def of(self, code: str) -> RelationType | None:
        return by_code(self.types).get(code)

    def inverse_of(self, code: str) -> RelationType | None:
        found = self.of(code)
        return self.of(found.inverse) if found else None

    def offered(self, *, kind: str, other: str = "") -> tuple[RelationType, ...]:
        """The active types that another contact (of kind `other`, or of any) can be to one of this kind."""
        return tuple(
            one
            for one in self.types
            if one.active
            and (not other or other in one.kinds)
            and (inverse := self.of(one.inverse)) is not None
            and kind in inverse.kinds
        )


def _both_ways(code: str, label: str, *kinds: str) -> RelationType:
    return RelationType(code, label, inverse=code, kinds=kinds or KINDS)


def _custom(number: int) -> RelationType:
    return replace(_both_ways(f"CUSTOM{number}", f"Custom {number}"), active=False)


def _shipped() -> RelationTypes:
    return RelationTypes(
        (
            _both_ways("FAMILY_MEMBER", "Family member", PERSON),
            _both_ways("EXTENDED_FAMILY", "Extended family", PERSON),
            RelationType("PARENT", "Parent", inverse="CHILD", kinds=(PERSON,)),
            RelationType("CHILD", "Child", inverse="PARENT", kinds=(PERSON,)),
            _both_ways("PARTNER", "Partner", PERSON),
            _both_ways("CLOSE_FRIEND", "Close friend", PERSON),
            _both_ways("FRIEND", "Friend", PERSON),
            _both_ways("WORK_COLLEAGUE", "Work colleague", PERSON),
            _both_ways("PARTNER_COMPANY", "Partner company", COMPANY),
            RelationType("CLIENT", "Client", inverse="BUSINESS", kinds=KINDS),
            RelationType("BUSINESS", "Business", inverse="CLIENT", kinds=KINDS),
            RelationType("EMPLOYER", "Employer", inverse="EMPLOYEE", kinds=KINDS),
            RelationType("EMPLOYEE", "Employee", inverse="EMPLOYER", kinds=(PERSON,)),
            *(_custom(number) for number in range(1, 6)),
        )
    )


def _problems(value: RelationTypes) -> tuple[str, ...]:
    known = by_code(value.types)
    reasons = problems_of(value.types, what="relation type")
    for one in value.types:
        other = known.get(one.inverse)
        if other is None:
            reasons.append(f"the inverse of “{one.label}” is no type of this list")
        elif other.inverse != one.code:
            reasons.append(f"“{other.label}” must have “{one.label}” as its inverse too")
        elif other.active != one.active:
            reasons.append(f"“{one.label}” and “{other.label}” are active together, or neither")
        if not one.kinds or set(one.kinds) - set(KINDS):
            reasons.append(f"say whether a person or a company can be “{one.label}”")
    return tuple(dict.fromkeys(reasons))


def _refuses(before: RelationTypes, after: RelationTypes) -> tuple[str, ...]:
    known, now = by_code(before.types), by_code(after.types)
    turned = [one.code for one in before.types if one.code in now and now[one.code].inverse != one.inverse]
    return (
        *removed_but_in_use(before.types, after.types, section_key=_KEY, what="relation type"),
        *(
            f"the relation type “{known[code].label}” is in use; its inverse stays what it is"
            for code in in_use(_KEY, turned)
        ),
    )


RELATION_TYPES: Final = Section(
    key=_KEY,
    label="Types of relations",
    about="How two contacts can be related, and what each is to the other.",
    shape=RelationTypes,
    shipped=_shipped,
    url_name="contact-settings:relation-types",
    problems=_problems,
    refuses=_refuses,
)


def relation_types_in_force() -> RelationTypes:
    return in_force(RELATION_TYPES)
