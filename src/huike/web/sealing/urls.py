"""The addresses of what is sealed."""

from __future__ import annotations

from django.urls import path

import huike.web.addresses  # noqa: F401  (the converter <entity:...>)
from huike.web.sealing import account, cookie, pages, settings

urlpatterns = [
    path("sealed/open/", cookie.open_, name="seal-open"),
    path("sealed/close/", cookie.close, name="seal-close"),
    path("account/second-secret/", account.show, name="account-second-secret"),
    path("account/second-secret/collect/", account.collect, name="account-collect-code"),
    path("settings/sealing/", settings.show, name="settings-sealing"),
    path("settings/sealing/admit/<int:pk>/", settings.admit, name="seal-admit"),
    path("settings/sealing/dismiss/<int:pk>/", settings.dismiss, name="seal-dismiss"),
    path("settings/sealing/recovery/", settings.set_up_recovery, name="seal-recovery"),
    path("settings/sealing/recover/", settings.recover, name="seal-recover"),
    path("settings/sealing/rekey/", settings.rekey, name="seal-rekey"),
    path("<entity:entity>/<int:pk>/sealed/", pages.show, name="sealed"),
    path("<entity:entity>/<int:pk>/sealed/seal/", pages.seal, name="seal"),
    path("<entity:entity>/<int:pk>/sealed/rewrite/", pages.rewrite, name="seal-rewrite"),
    path("<entity:entity>/<int:pk>/sealed/note/", pages.note, name="seal-note"),
    path("<entity:entity>/<int:pk>/sealed/unseal/", pages.unseal, name="unseal"),
    path("<entity:entity>/<int:pk>/sealed/<int:file>/clear/", pages.unseal_one, name="unseal-file"),
]
