"""The product's settings with the jobs alone, so that a worker process of a test starts quickly."""

from __future__ import annotations

from huike.site.settings import *  # noqa: F403

INSTALLED_APPS = ["huike.kernel.jobs"]
