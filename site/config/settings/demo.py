"""The demo: plain HTTP on this machine's own address, data below var/, a key that protects nothing."""

import os

os.environ.setdefault("SECRET_KEY", "kun-til-demo-paa-egen-maskine")

from config.settings.base import *  # noqa: E402

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")
WAGTAILADMIN_BASE_URL = BASE_URL
if "DATABASE_URL" not in os.environ:
    DATABASES["default"]["NAME"] = str(VAR / "demo.sqlite3")

SERVE_MEDIA = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
DEMO_PASSWORD = "lyng-tegl-rug-eng"  # shown on the screen; only where this setting stands are demo accounts made
DEFAULT_FROM_EMAIL = SERVER_EMAIL = "På forkant <svar-ikke@forkant.example>"
EMAIL_BACKEND = "accounts.dev_mail.KeptMail"
DEV_MAIL = VAR / "mail"
MAIL_IN = env("MAIL_IN", default="svar@forkant.example")
MAIL_IN_TRUSTS = env("MAIL_IN_TRUSTS", default="ingen")
NOTICE_MAIL_WAIT = 0  # nobody sends what waits in the demo
LOGGING["root"]["level"] = env("LOG_LEVEL", default="WARNING")
