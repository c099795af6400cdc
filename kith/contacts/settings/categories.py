"""C7: what a contact is to the business, as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kith.contacts.settings.codes import by_code, problems_of
from kith.contacts.settings.in_use import removed_but_in_use
from kith.settings.in_force import in_force
from kith.settings.sections import Section

_KEY: Final = "categories"


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    label: str
    parent: str = ""
    """Code; '' for a root."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Branch:
    """A category at its place in the tree."""

    category: Category
    depth: int
    """0 for a root."""
    path: str
    """`Partner › Supplier`."""


@dataclass(frozen=True, slots=True)
class Categories:
    categories: tuple[Category, ...] = ()

    def of(self, code: str) -> Category | None:
        return by_code(self.categories).get(code)

    def tree(self) -> tuple[Branch, ...]:
        """Depth first, siblings in their order; what hangs in a cycle is left out."""
        return tuple(self._below("", depth=0, path=""))

    def within(self, code: str) -> frozenset[str]:
        """The code and all codes below it: whoever looks for partners means suppliers too."""
        found = {code}
        for branch in self.tree():
            if branch.category.parent in found:
                found.add(branch.category.code)
        return frozenset(found)

    def choices(self, *, present: Sequence[str] = ()) -> list[tuple[str, str]]:
        """For a form: active ones by their path, and those that are `present`."""
        return [
            (one.category.code, one.path)
            for one in self.tree()
            if one.category.active or one.category.code in present
        ]

    def _below(self, parent: str, *, depth: int, path: str) -> Iterator[Branch]:
        for one in self.categories:
            if one.parent == parent:
                here = f"{path} › {one.label}" if path else one.label
                yield Branch(one, depth, here)
                yield from self._below(one.code, depth=depth + 1, path=here)


def _shipped() -> Categories:
    return Categories(
        (
            Category("CUSTOMER", "Customer"),
            Category("PARTNER", "Partner"),
            Category("SUPPLIER", "Supplier"),
            Category("PROSPECT", "Prospect"),
        )
    )


def _problems(value: Categories) -> tuple[str, ...]:
    known = by_code(value.categories)
    reasons = problems_of(value.categories, what="category")
    for one in value.categories:
        if one.parent and one.parent not in known:
            reasons.append(f"the parent of “{one.label}” is no category of this list")
        elif _is_its_own_ancestor(one, known):
            reasons.append(f"“{one.label}” cannot be below itself: its parents go round in a circle")
    return tuple(dict.fromkeys(reasons))


def _is_its_own_ancestor(category: Category, known: dict[str, Category]) -> bool:
    seen: set[str] = set()
    above = known.get(category.parent)
    while above is not None and above.code not in seen:
        if above.code == category.code:
            return True
        seen.add(above.code)
        above = known.get(above.parent)
    return False


def _refuses(before: Categories, after: Categories) -> tuple[str, ...]:
    return removed_but_in_use(before.categories, after.categories, section_key=_KEY, what="category")


CATEGORIES: Final = Section(
    key=_KEY,
    label="Categories",
    about="What a contact is to you: customer, partner, supplier … A category can be part of another.",
    shape=Categories,
    shipped=_shipped,
    url_name="contact-settings:categories",
    problems=_problems,
    refuses=_refuses,
)


def categories_in_force() -> Categories:
    return in_force(CATEGORIES)
