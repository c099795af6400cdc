"""What somebody unknown did is counted, so that nobody does it without end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from kith.kernel.clock import now
from kith.privacy.front.limits import KEPT, Limit
from kith.privacy.register.models import PublicUse
from kith.sources.tombstones import mark


def count_use(limit: Limit, who: str = "") -> bool:
    """One more, of this address or of everybody together. It stands whatever becomes of the rest. False where
    it is one too many."""
    given: dict[str, str | datetime] = {
        "what": limit.what,
        "mark": mark(f"public use {limit.what}", who) if who else "",
        "now": now(),
        "before": now() - limit.within,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        ((count,),) = cursor.fetchall()
    return int(count) <= limit.most


_COUNT: Final = """
INSERT INTO register_publicuse AS u (what, mark, began_at, count) VALUES (%(what)s, %(mark)s, %(now)s, 1)
ON CONFLICT (what, mark) DO UPDATE SET
    count = CASE WHEN u.began_at > %(before)s THEN u.count + 1 ELSE 1 END,
    began_at = CASE WHEN u.began_at > %(before)s THEN u.began_at
        ELSE excluded.began_at END
RETURNING count
"""


def forget_old_uses() -> None:
    """Housekeeping."""
    PublicUse.objects.filter(began_at__lt=now() - KEPT).delete()
