from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_who_invited")]

    operations = [
        migrations.AddField("user", "language", models.CharField(db_default="", default="", max_length=8)),
    ]
