"""Django's settings: whatever may differ between two machines comes from HUIKE_* variables."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import django_stubs_ext

from huike.api.configuration import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401
from huike.kernel.mail import settings_from
from huike.kernel.organisations import database_settings, secret_key
from huike.site import logs

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("HUIKE_HOME", Path.cwd() / "data")).resolve()

SECRET_KEY = secret_key(HOME)
DEBUG = os.environ.get("HUIKE_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("HUIKE_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
ROOT_URLCONF = "huike.site.urls"
WSGI_APPLICATION = "huike.site.wsgi.application"
AUTH_USER_MODEL = "staff.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database_settings(HOME)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "huike.kernel",
    "huike.kernel.jobs",
    "huike.kernel.search",
    "huike.staff",
    "huike.customers",
    "huike.catalog",
    "huike.channels",
    "huike.office",
    "huike.trade",
    "huike.surveys",
    "huike.marketing",
    "huike.analytics",
    "huike.ui",
    "huike.web",
    "huike.api",
    "huike.api.hooks",
]

MIDDLEWARE = [
    "huike.site.requests.RequestMiddleware",
    "huike.site.compression.CompressionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huike.site.headers.PolicyMiddleware",
    "huike.web.session.OrganisationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huike.web.session.ActorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,  # <room>/jinja2/<room>/*.html
        "OPTIONS": {
            "environment": "huike.ui.environment.environment",
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
        },
    },
]

# HUIKE_MAIL=smtp://user:password@host:port lets mail go out; see huike.kernel.mail
globals().update(
    settings_from(os.environ.get("HUIKE_MAIL", ""), os.environ.get("HUIKE_MAIL_FROM", ""))
)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "site" / "locale"]
TIME_ZONE = os.environ.get("HUIKE_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "huike.web.home.errors.stale"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# HUIKE_HTTPS=1 where a proxy in front speaks https and sets X-Forwarded-Proto
if os.environ.get("HUIKE_HTTPS") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("HUIKE_ORIGINS", "").split(",") if o]
X_FRAME_OPTIONS = "DENY"

STATIC_URL = "/static/"
# Served where they lie. Only vendor/ never changes under one address (?v=digest); our own modules
# import one another without a digest, so browsers ask for them again and mostly hear 304.
STATIC_ROOT = PACKAGE / "ui" / "static"
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 0
WHITENOISE_IMMUTABLE_FILE_TEST = r"^(?!)" if DEBUG else rf"^{STATIC_URL}vendor/"
MEDIA_ROOT = HOME / "files"

SCAN = shlex.split(os.environ.get("HUIKE_SCAN", ""))  # see huike.kernel.scanning
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = logs.configuration(
    level=os.environ.get("HUIKE_LOG", "INFO").upper(),
    form="json" if os.environ.get("HUIKE_LOG_FORMAT") == "json" else "line",
)
