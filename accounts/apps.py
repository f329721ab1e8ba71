from django.apps import AppConfig
from django.db.backends.signals import connection_created


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from accounts import personal_data, queries
        from accounts.alphabet import teach_french

        personal_data.register("Compte", queries.account_data)
        connection_created.connect(teach_french, dispatch_uid="accounts.french")
