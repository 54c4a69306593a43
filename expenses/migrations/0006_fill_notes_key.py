import unicodedata

from django.db import migrations


def fill(apps, schema_editor, batch=2000):
    """Keep the folded notes, where the column held a digest of them."""
    expenses = apps.get_model("expenses", "Expense").objects.order_by("pk")
    last = 0
    while rows := list(expenses.filter(pk__gt=last).values_list("pk", "notes")[:batch]):
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE expenses_expense SET notes_key = %s WHERE id = %s", [(folded(notes), pk) for pk, notes in rows]
            )
        last = rows[-1][0]


def folded(text):
    # As accounts.names.name_key does; it may change, and what was migrated stays.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


class Migration(migrations.Migration):
    dependencies = [("expenses", "0005_notes_key_is_text")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
