"""From what happened to what is told: set-based, and nothing at all while no endpoint is on.

Who joined and left whom is read from lineage, which is written in the transaction of the change and never
changes: every move is read exactly once. What golden records say is compared before and after they are
assembled, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from procrastinate.contrib.django import app

from kith.delivery.events import EventType
from kith.delivery.models import Endpoint, LineageRead
from kith.matching.records import ADDRESS_PARTS, CUSTOM, FURTHER


def wanted() -> frozenset[str]:
    """Events that some endpoint is to be told of now."""
    lists = Endpoint.objects.filter(state=Endpoint.State.ON).values_list("events", flat=True)
    return frozenset(one for events in lists for one in events)


@contextmanager
def watched(contact_ids: Sequence[int]) -> Iterator[None]:
    """Around the writing of these golden records; what changed membership comes with it, and is told too."""
    events = wanted()
    if not events:
        yield
        return
    before = _golden(contact_ids) if EventType.CHANGED in events else {}
    yield
    if before:
        after = _golden(list(before))
        _announce_changed([pk for pk, said in before.items() if after.get(pk) != said])
    app.configure_task("delivery.read_lineage").defer()


def start_reading() -> None:
    """From the next move on. Call when the first endpoint is switched on."""
    with connection.cursor() as cursor:
        cursor.execute(_START)


_START: Final = """
INSERT INTO delivery_lineageread (id, last_move_id)
SELECT 1, coalesce(max(id), 0) FROM grouping_move
ON CONFLICT (id) DO UPDATE SET last_move_id = excluded.last_move_id
"""


@transaction.atomic
def read_on() -> int:
    """Tell of all moves since the last reading; returns how many events that made.

    Those of a run wait until it is over, so that whoever asks for the contact finds its golden record.
    Membership changes one transaction at a time, so a move with a higher number is committed later.
    """
    events = wanted()
    read = LineageRead.objects.select_for_update().filter(pk=1).first()
    if read is None or not events:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [read.last_move_id])
        ((last,),) = cursor.fetchall()
        if last is None:
            return 0
        asked = {"after": read.last_move_id, "last": last, "events": sorted(events)}
        cursor.execute(_ANNOUNCE_MOVES, asked)
        ((made,),) = cursor.fetchall()
        cursor.execute("UPDATE delivery_lineageread SET last_move_id = %s WHERE id = 1", [last])
    return int(made)


_LAST: Final = """
SELECT max(m.id) FROM grouping_move m WHERE m.id > %s AND m.id < coalesce(
    (SELECT min(g.id) FROM grouping_move g JOIN runs_run r ON r.id = g.run_id WHERE r.state = 'running'),
    9223372036854775807)
"""

_TELL: Final = """
told AS (
    INSERT INTO delivery_message (event_id, endpoint_id, state, attempts, next_at)
    SELECT e.id, p.id, 'waiting', 0, clock_timestamp() FROM made e
    JOIN delivery_endpoint p ON p.state = 'on' AND e.type = ANY(p.events::text[])
    ORDER BY e.id
)
SELECT count(*) FROM made
"""
_ANNOUNCE_MOVES: Final = f"""
WITH moved AS (
    SELECT id, from_contact_id, to_contact_id, operation_id, run_id, at,
        row_number() OVER (ORDER BY id)
            - row_number() OVER (PARTITION BY operation_id, run_id ORDER BY id) AS island
    FROM grouping_move WHERE id > %(after)s AND id <= %(last)s
), change AS (
    SELECT operation_id, run_id, island, min(id) AS first, max(at) AS at
    FROM moved GROUP BY operation_id, run_id, island
), step AS (
    SELECT c.first, c.at, c.operation_id, c.run_id, m.from_contact_id AS origin, m.to_contact_id AS target
    FROM moved m JOIN change c ON c.island = m.island
        AND c.operation_id IS NOT DISTINCT FROM m.operation_id AND c.run_id IS NOT DISTINCT FROM m.run_id
), side AS (
    SELECT first, target AS contact, 1 AS came, 0 AS gone, origin AS from_contact, NULL::bigint AS to_contact
    FROM step
    UNION ALL
    SELECT first, origin, 0, 1, NULL, target FROM step WHERE origin IS NOT NULL
), touched AS (
    SELECT s.first, s.contact, sum(came) AS came, sum(gone) AS gone,
        array_agg(DISTINCT from_contact ORDER BY from_contact)
            FILTER (WHERE from_contact IS NOT NULL) AS froms,
        array_agg(DISTINCT to_contact ORDER BY to_contact) FILTER (WHERE to_contact IS NOT NULL) AS tos,
        mode() WITHIN GROUP (ORDER BY to_contact) AS most
    FROM side s GROUP BY s.first, s.contact
), counted AS (
    SELECT t.*, b.arrived > 0 AS is_known, b.arrived - d.departed AS before
    FROM touched t
    CROSS JOIN LATERAL (SELECT count(*) AS arrived FROM grouping_move g
        WHERE g.to_contact_id = t.contact AND g.id < t.first) b
    CROSS JOIN LATERAL (SELECT count(*) AS departed FROM grouping_move g
        WHERE g.from_contact_id = t.contact AND g.id < t.first) d
), judged AS (
    SELECT 1 AS place, 'contact.created' AS type, c.*, NULL::bigint AS successor FROM counted c
    WHERE before = 0 AND came > gone
    UNION ALL
    SELECT 2, 'contact.grouped', c.*, NULL FROM counted c WHERE before > 0 AND froms IS NOT NULL
    UNION ALL
    SELECT 3, 'contact.ungrouped', c.*, NULL FROM counted c WHERE before > 0 AND gone > 0
        AND (before + came > gone OR cardinality(tos) > 1)
    UNION ALL
    SELECT 4, 'contact.retired', c.*, coalesce(k.successor_id, c.most) FROM counted c
    LEFT JOIN contacts_contact k ON k.id = c.contact AND k.state = 'retired'
    WHERE before > 0 AND before + came = gone
), made AS (
    INSERT INTO delivery_event (type, group_id, data, at)
    SELECT j.type, j.contact, jsonb_strip_nulls(jsonb_build_object(
        'group_id', j.contact,
        'returned', CASE WHEN j.place = 1 AND j.is_known THEN true END,
        'from', CASE WHEN j.place IN (1, 2) THEN to_jsonb(j.froms) END,
        'to', CASE WHEN j.place IN (3, 4) THEN to_jsonb(j.tos) END,
        'successor', j.successor,
        'operation_id', h.operation_id,
        'run_id', h.run_id
    )), h.at
    FROM judged j JOIN change h ON h.first = j.first
    WHERE j.type = ANY(%(events)s)
    ORDER BY j.first, j.place, j.contact
    RETURNING id, type
), {_TELL}
"""


def _golden(contact_ids: Sequence[int]) -> dict[int, str]:
    """By GroupID a digest of everything its golden record says. Without those never assembled before."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [list(contact_ids)])
        return dict(cursor.fetchall())


_COLUMNS: Final = (
    "c.name, c.title, c.first_name, c.middle_name, c.last_name, c.gender, c.birth_date, c.company_name,"
    " c.id_number, c.passport_number, c.social_security_number, c.vat_number, c.registration_number,"
    " c.language, c.residence_country, c.direct_marketing, c.affiliate_marketing,"
    f" {', '.join(f'c.{name}' for name in (*FURTHER, CUSTOM))}"
)
_SAID: Final = f"""
SELECT c.id, md5(concat_ws(E'\\x1f', ROW({_COLUMNS})::text,
    (SELECT string_agg(ROW(value, type)::text, ',' ORDER BY position)
        FROM contacts_contactemail WHERE contact_id = c.id),
    '', (SELECT string_agg(ROW(value, type)::text, ',' ORDER BY position)
        FROM contacts_contactphone WHERE contact_id = c.id),
    '', (SELECT string_agg(ROW(type, {", ".join(ADDRESS_PARTS)})::text, ','
        ORDER BY position) FROM contacts_contactaddress WHERE contact_id = c.id)))
FROM contacts_contact c
WHERE c.id = ANY(%s) AND c.assembled_at IS NOT NULL AND c.state = 'active'
"""


def _announce_changed(contact_ids: Sequence[int]) -> None:
    if contact_ids:
        with connection.cursor() as cursor:
            cursor.execute(_ANNOUNCE_CHANGED, [list(contact_ids)])


_ANNOUNCE_CHANGED: Final = f"""
WITH made AS (
    INSERT INTO delivery_event (type, group_id, data)
    SELECT '{EventType.CHANGED}', id, jsonb_build_object('group_id', id) FROM unnest(%s::bigint[]) AS id
    ORDER BY id RETURNING id, type
), {_TELL}
"""


def announce_deleted(group_id: int) -> None:
    if EventType.DELETED in wanted():
        with connection.cursor() as cursor:
            cursor.execute(_ANNOUNCE_DELETED, [group_id, group_id])
        app.configure_task("delivery.read_lineage").defer()


_ANNOUNCE_DELETED: Final = f"""
WITH made AS (
    INSERT INTO delivery_event (type, group_id, data)
    VALUES ('{EventType.DELETED}', %s, jsonb_build_object('group_id', %s::bigint)) RETURNING id, type
), {_TELL}
"""


def announce_anonymised(group_ids: Sequence[int]) -> None:
    if EventType.ANONYMISED in wanted():
        with connection.cursor() as cursor:
            cursor.execute(_ANNOUNCE_ANONYMISED, [list(group_ids)])
        app.configure_task("delivery.read_lineage").defer()


_ANNOUNCE_ANONYMISED: Final = f"""
WITH made AS (
    INSERT INTO delivery_event (type, group_id, data)
    SELECT '{EventType.ANONYMISED}', id, jsonb_build_object('group_id', id)
    FROM unnest(%s::bigint[]) AS id RETURNING id, type
), {_TELL}
"""


def announce_test(endpoint_id: int) -> int:
    """A message that tells of nothing; returns its number."""
    with connection.cursor() as cursor:
        cursor.execute(_ANNOUNCE_TEST, [endpoint_id])
        ((message_id,),) = cursor.fetchall()
    return int(message_id)


_ANNOUNCE_TEST: Final = """
WITH made AS (INSERT INTO delivery_event (type, data) VALUES ('webhook.test', '{}') RETURNING id)
INSERT INTO delivery_message (event_id, endpoint_id, state, attempts, next_at)
SELECT id, %s, 'waiting', 0, clock_timestamp() FROM made RETURNING id
"""
