import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The GroupID stands in `Membership` now; single-column indexes that say no more than others go too."""

    dependencies = [("sources", "0004_members_are_copied")]
    operations = [
        migrations.RemoveIndex(model_name="sourcerecord", name="source_record_unplaced"),
        migrations.RemoveField(model_name="sourcerecord", name="contact"),
        migrations.AlterField(
            model_name="sourcerecord",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="sources.sourcesystem",
            ),
        ),
    ]
