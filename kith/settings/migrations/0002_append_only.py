from django.db import migrations

REFUSE = """
CREATE FUNCTION settings_version_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of settings are append-only';
END $$;
CREATE TRIGGER settings_version_append_only BEFORE UPDATE OR DELETE ON kith_settings_settingsversion
    FOR EACH ROW EXECUTE FUNCTION settings_version_refuse_change();
"""
ALLOW = """
DROP TRIGGER settings_version_append_only ON kith_settings_settingsversion;
DROP FUNCTION settings_version_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("kith_settings", "0001_versions")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
