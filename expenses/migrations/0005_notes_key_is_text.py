from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("expenses", "0004_expenses_are_found_by_their_links")]
    operations = [migrations.AlterField(model_name="expense", name="notes_key", field=models.TextField())]
