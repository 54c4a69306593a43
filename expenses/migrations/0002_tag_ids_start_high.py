from django.db import migrations

FIRST_TAG_ID = 1_000_000_001


def start_high(apps, schema_editor):
    """Give tags ids that no expense will have.

    An old desktop client reads the id of an expense's tag as the id of the expense (wire §5, T14), so a tag's id
    must never be an expense's.
    """
    table = apps.get_model("expenses", "Tag")._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {FIRST_TAG_ID}")
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, FIRST_TAG_ID - 1])


class Migration(migrations.Migration):
    dependencies = [("expenses", "0001_initial")]
    operations = [migrations.RunPython(start_high, migrations.RunPython.noop)]
