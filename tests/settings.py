"""Settings of the tests: a throw-away data folder and a fast password hasher."""

import os
import tempfile

os.environ.setdefault("QUANHENG_DATA", tempfile.mkdtemp(prefix="quanheng-test-"))

from quanheng.settings import *  # noqa: E402, F403  the folder above must be set first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

from quanheng.vault.keyring import ensure_keys  # noqa: E402  after the folder is known

ensure_keys(KEY_FILE)  # noqa: F405  comes with the settings above
