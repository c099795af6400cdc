from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """What a block seals is found at once."""

    atomic = False
    dependencies = [("audit", "0003_journal_chain")]
    operations = [
        AddIndexConcurrently(
            model_name="entry",
            index=BrinIndex(
                autosummarize=True, fields=["tx"], name="entry_by_transaction", pages_per_range=32
            ),
        ),
    ]
