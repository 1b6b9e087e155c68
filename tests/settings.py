"""The product's settings for tests: a data folder of their own, and passwords that hash fast."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("HUIKE_HOME", tempfile.mkdtemp(prefix="huike-test-home-"))

from huike.site.settings import *  # noqa: F403
from tests.breadth import WIDE

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # or every client of a test reads the folder of assets anew
if not WIDE:
    # Tables straight from the models in a sixth of the time; the check "migrations" holds that both
    # are the same, and the demo firm of the browser stories and CI go through the real ones.
    _ROOMS = [name.rsplit(".", 1)[-1] for name in INSTALLED_APPS]  # noqa: F405
    MIGRATION_MODULES = {label: None for label in _ROOMS if label != "search"}
