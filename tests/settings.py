"""The product's settings for tests: a data folder of their own, and passwords that hash fast."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("HUIKE_HOME", tempfile.mkdtemp(prefix="huike-test-home-"))

from huike.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
