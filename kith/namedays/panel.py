"""The name day that was found, in the section Demographics."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kith.contacts.panels import Opened
from kith.kernel.clock import today
from kith.namedays.queries import name_day_of

Load = Callable[[Opened], Mapping[str, object]]


def with_name_day(load: Load) -> Load:
    """`load`: of the section as it is without."""

    def loaded(opened: Opened) -> Mapping[str, object]:
        return {**load(opened), "name_day": name_day_of(opened.contact, year=today().year)}

    return loaded
