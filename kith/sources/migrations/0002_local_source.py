from django.db import migrations


def add_local(apps, schema_editor):
    source_system = apps.get_model("sources", "SourceSystem")
    source_system.objects.get_or_create(
        code="LOCAL",
        defaults={"name": "Kith", "kind": "local", "priority": 10, "colour": "#9a6b00"},
    )


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial")]
    operations = [migrations.RunPython(add_local, migrations.RunPython.noop)]
