from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from kith.access.actors import COMMAND_LINE
from kith.sources import actions
from kith.sources.amounts import plain_amounts, writes_decimal_comma
from kith.sources.models import Import, SourceSystem, SourceTransaction
from kith.sources.trying import try_out
from tests.sources.conftest import Importer

HEADER = "Client ID,Date,Amount,Currency,Order ID,Product\n"


def counts(job: Import) -> tuple[int, int, int, int]:
    return job.new_count, job.changed_count, job.unchanged_count, job.rejected_count


@pytest.fixture
def clients(take_in: Importer) -> Importer:
    take_in("Client ID,First name\n1,Ann\n2,Bob\n")
    return take_in


def test_transactions_find_their_system_ref_and_are_updated_by_reference(clients: Importer) -> None:
    job = clients(
        HEADER + '1,31/12/2024,"1,234.50",EUR,A1,Season ticket\n2,01/01/2025,-5,eur,A2,\n',
        kind="transactions",
    )
    assert counts(job) == (2, 0, 0, 0)
    first = SourceTransaction.objects.get(reference="A1")
    assert (first.record.system_ref, first.date, first.amount) == (
        "1",
        date(2024, 12, 31),
        Decimal("1234.50"),
    )
    again = clients(
        HEADER + "1,31/12/2024,1234.50,EUR,A1,Season ticket\n2,01/01/2025,6,EUR,A2,\n", kind="transactions"
    )
    assert counts(again) == (0, 1, 1, 0)


def test_rows_that_cannot_be_transactions_are_rejected_with_their_reasons(clients: Importer) -> None:
    job = clients(
        HEADER
        + "9,31/12/2024,1,EUR,A1,\n1,31/02/2024,1,EUR,A2,\n1,31/12/2024,much,EUR,A3,\n,1/1/2024,1,EUR,A4,\n",
        kind="transactions",
    )
    assert counts(job) == (0, 0, 0, 4)
    reasons = list(job.rejected_rows.order_by("row_number").values_list("row_number", "column"))
    assert reasons == [(2, "Client ID"), (3, "Date"), (4, "Amount"), (5, "Client ID")]


def test_without_a_reference_the_same_row_sent_again_is_the_same_transaction(clients: Importer) -> None:
    text = "Client ID;Date;Amount\n1;31.12.2024;1.234,56\n"
    clients(text, kind="transactions")
    assert counts(clients(text, kind="transactions")) == (0, 0, 1, 0)
    only = SourceTransaction.objects.get()
    assert (only.amount, only.currency) == (Decimal("1234.56"), "GBP")


def test_a_dry_run_of_transactions_stores_nothing(clients: Importer, source: SourceSystem) -> None:
    job = actions.add_import(
        actor=COMMAND_LINE,
        source=source,
        kind="transactions",
        file_name="t.csv",
        content=[(HEADER + "1,31/12/2024,1,EUR,A1,\n9,31/12/2024,1,EUR,A2,\n").encode()],
    )
    tried = try_out(job)
    assert (tried.counts.new, tried.counts.rejected) == (1, 1)
    assert SourceTransaction.objects.count() == 0


@pytest.mark.parametrize(
    ("column", "plain"),
    [
        (["1.234,56", "7,00", "1.000"], ["1234.56", "7.00", "1000"]),
        (["1,234.56", "7.00", "1,000"], ["1234.56", "7.00", "1000"]),
        (["€ 12,50", "(3,10)", "4,00-"], ["12.50", "-3.10", "-4.00"]),
        (["£12.50", "-3", "GBP 4.10"], ["12.50", "-3", "4.10"]),
        (["1 234,5", "2'000,0"], ["1234.5", "2000.0"]),
        (["abc", "", "12 apples and 3"], [None, None, None]),
    ],
)
def test_amounts_are_read_by_the_habit_of_their_column(column: list[str], plain: list[str | None]) -> None:
    found = plain_amounts(pl.Series(column), decimal_comma=writes_decimal_comma(column))
    assert found.to_list() == plain


def test_one_file_may_hold_transactions_of_several_sources(clients: Importer) -> None:
    shop = SourceSystem.objects.create(code="SHOP", name="Shop")
    clients("Client ID,First name\n7,Cid\n", source=shop)
    job = clients(
        "source,Client ID,Date,Amount,Reference\n"
        "TICKETS,1,2024-01-31,1,R\nSHOP,7,2024-01-31,2,R\nBAR,1,2024-01-31,3,R\n",
        kind="transactions",
    )
    assert counts(job) == (2, 0, 0, 1)
    assert SourceTransaction.objects.get(source=shop).record.system_ref == "7"


def test_control_characters_in_transactions_break_nothing(clients: Importer) -> None:
    rows = "1\x1f,31/12/2024,5,EUR,\x1e,\x1fTicket\n2,31/12/2024,5,EUR,A\x1f2,\x1e\n"
    plenty = "1,31/12/2024,5,EUR,A1," + "Ticket" * 1_000 + "\n"
    assert counts(clients(HEADER + plenty + rows, kind="transactions")) == (3, 0, 0, 0)
    assert SourceTransaction.objects.filter(description="Ticket").exists()
    assert SourceTransaction.objects.filter(reference="A 2", description="").exists()
