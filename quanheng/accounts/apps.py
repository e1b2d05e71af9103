from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "quanheng.accounts"
    verbose_name = "账号"
