from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_invitations'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='password_is_enough',
            field=models.BooleanField(default=True),
        ),
    ]
