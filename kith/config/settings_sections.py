"""All settings that have versions, in the order of their list."""

from __future__ import annotations

from typing import Final

from kith.access.permissions import Permission
from kith.attachments.sections import ATTACHMENT_LIMITS
from kith.contacts.rights.sections import PRIVACY_LEVELS
from kith.contacts.settings.attachment_classes import ATTACHMENT_CLASSES
from kith.contacts.settings.authorisation import AUTHORISATION
from kith.contacts.settings.categories import CATEGORIES
from kith.contacts.settings.formatting import FORMATTING
from kith.contacts.settings.industries import INDUSTRIES
from kith.contacts.settings.name_display import NAME_DISPLAY
from kith.contacts.settings.relation_types import RELATION_TYPES
from kith.contacts.settings.supported_types import TYPES
from kith.contacts.settings.uniqueness import UNIQUENESS
from kith.namedays.sections import NAME_DAYS, OWN_RULES
from kith.organisation.default_owner import DEFAULT_OWNER
from kith.printouts.branding import BRANDING
from kith.privacy.proof.storage_settings import STORAGE
from kith.privacy.register.sections import REQUESTS
from kith.privacy.retention.sections import RETENTION
from kith.privacy.scheduled.sections import SCHEDULE
from kith.privacy.sections import ANONYMISATION
from kith.settings.listing import Elsewhere
from kith.sources.custom_fields import CUSTOM_FIELDS
from kith.sso.sections import SIGN_ON

SECTIONS: Final[tuple[object, ...]] = (
    NAME_DISPLAY,
    UNIQUENESS,
    AUTHORISATION,
    TYPES,
    PRIVACY_LEVELS,
    DEFAULT_OWNER,
    FORMATTING,
    RELATION_TYPES,
    CATEGORIES,
    INDUSTRIES,
    CUSTOM_FIELDS,
    NAME_DAYS,
    OWN_RULES,
    ATTACHMENT_CLASSES,
    ATTACHMENT_LIMITS,
    BRANDING,
    SIGN_ON,
    ANONYMISATION,
    SCHEDULE,
    RETENTION,
    STORAGE,
    REQUESTS,
)

ELSEWHERE: Final = (
    Elsewhere("Overnight run", "When it starts, and when it stops to ask.", "runs:settings"),
    Elsewhere(
        "Stewardship",
        "What waits for the overnight run, and what needs a second person.",
        "stewardship-settings:show",
    ),
    Elsewhere("Organisation", "Communities, teams and units, and who belongs where.", "organisation:tree"),
    Elsewhere(
        "Suspense Account", "The account that takes what has no account to go to.", "accounts:suspense"
    ),
    Elsewhere("Placeholders", "Values that cleaning reads as nothing.", "sources:cleaning"),
    Elsewhere("Webhooks", "Which other systems hear of changes.", "delivery:list"),
    Elsewhere("Matching rules", "When System Refs are one contact.", "grouping:rules", Permission.RULES_VIEW),
    Elsewhere(
        "Golden record rules", "Which value of each field counts.", "golden:rules", Permission.RULES_VIEW
    ),
)
"""Settings that are kept otherwise, on the same list (KITH_SETTINGS_ELSEWHERE)."""
