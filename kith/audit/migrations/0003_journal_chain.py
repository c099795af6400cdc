from django.db import migrations, models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast

REFUSE = """
CREATE TRIGGER audit_block_append_only BEFORE UPDATE OR DELETE ON audit_block
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse_change();
"""
ALLOW = "DROP TRIGGER audit_block_append_only ON audit_block;"


class Migration(migrations.Migration):
    """Entries say which transaction wrote them (those of before: this one's), and blocks seal them."""

    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("epoch", models.PositiveSmallIntegerField()),
                ("after_id", models.BigIntegerField()),
                ("cluster", models.BigIntegerField()),
                ("from_tx", models.BigIntegerField()),
                ("upto_tx", models.BigIntegerField()),
                ("entries", models.BigIntegerField()),
                ("total", models.BigIntegerField()),
                ("first_id", models.BigIntegerField(null=True)),
                ("last_id", models.BigIntegerField(null=True)),
                ("root", models.BinaryField()),
                ("prev_hash", models.BinaryField(unique=True)),
                ("hash", models.BinaryField(unique=True)),
                ("sealed_at", models.DateTimeField()),
                ("key_version", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(number__gte=1), name="block_counts_from_one"),
                    models.CheckConstraint(condition=Q(upto_tx__gte=F("from_tx")), name="block_goes_forward"),
                ],
            },
        ),
        migrations.AddField(
            model_name="entry",
            name="tx",
            field=models.BigIntegerField(
                db_default=Cast(
                    Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
                )
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
