"""Settings that are safe for production; demo and test state what they do otherwise.

Every value a host may change comes from the environment: the table is in docs/addresses.md.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "site"
VAR = Path(env("VAR_DIR", default=str(ROOT / "var")))

VAR.mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
BASE_URL = env("BASE_URL", default="http://localhost:8000")

INSTALLED_APPS = [
    "home",
    "search",
    "cases",
    "methods",
    "network",
    "content",
    "taxonomy",
    "accounts",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "config.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "anymail",
    "csp",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.headers.AdminPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "network.views.uploads.UploadsMiddleware",  # before the one below, which reads the form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.headers.OwnEyesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# --- data -----------------------------------------------------------------------------------------

# SQL and HTML that are kept (content.prepared, content.written): the tests make them anew each time, and compare.
CHECKS_KEPT = False

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'forkant.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Writers take the lock when they begin, so none fails half-way; readers are never stopped.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    # Who may read is asked in one query: to PostgreSQL a long one, which it would compile for longer than it runs.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://forkant")}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

# --- search ---------------------------------------------------------------------------------------

# Empty: the database searches. Hosts of one cluster have commas between.
SEARCH_URL = env("SEARCH_URL", default="")
SEARCH_API_KEY = env("SEARCH_API_KEY", default="")
SEARCH_CA = env("SEARCH_CA", default="")
SEARCH_INDEX = env("SEARCH_INDEX", default="forkant")
# Off: what changes is indexed by the request that changes it. On: by `manage.py search work`.
SEARCH_WORKER = env.bool("SEARCH_WORKER", default=False)
SEARCH_MEANING = env.bool("SEARCH_MEANING", default=True)  # only where the extra [meaning] is installed
SEARCH_LEXICON = VAR / "lexicon"

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# The backend brings the profile along, so that knowing a member costs no further query.
AUTHENTICATION_BACKENDS = ["network.backends.MemberBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "network"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 14 * 24 * 3600
PASSWORD_RESET_TIMEOUT = 24 * 3600

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.ForgottenForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "add_email": "accounts.forms.ChangeAddressForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None
# Per address and per account, as docs/addresses.md tells; many sit behind one address in a town hall.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/30m/ip,5/30m/key",
    "reset_password": "20/d/ip,2/h/key,5/d/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    "confirm_email": "20/d/ip,1/3m/key",
    "own_data": "5/h/user",
    "welcome": "10/h/ip",  # keys that let nobody in
    "search": "60/m/ip",  # strangers
    "search_member": "120/m/user",
    "suggestions": "240/m/ip",
    "pointers": "240/m/user",  # suggestions of people and things while one writes
    "draft": "60/m/user",  # saved by a script
    "upload": "60/h/user",
}
# What one person may do in the network, counted in what happened and so right over all workers: (number, hours).
NETWORK_LIMITS = {
    "threads": (20, 24),
    "replies": (120, 1),
    "reports": (20, 24),
    "requests": (20, 24),
    "invitations": (50, 24),
    "announcements": (3, 24),
    "meetings": (20, 24),
    "questions": (20, 24),
}
# And in the first hours after one came: how many of each, and how many links in one post.
NETWORK_NEW_HOURS = 24
NETWORK_NEW_LIMITS = {"threads": 3, "replies": 10, "links": 2}
# Off: notices to many are written by the request that gives reason for them. On: by `manage.py look_after_notices`.
NOTICES_WORKER = env.bool("NOTICES_WORKER", default=False)
# So many minutes a mail about one thing waits, so that whoever is on the site reads it there and gets none.
NOTICE_MAIL_WAIT = env.int("NOTICE_MAIL_WAIT", default=2)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# --- mail -----------------------------------------------------------------------------------------

vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="På forkant <svar-ikke@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The mailbox that mail to us comes to, such as svar@post.example; before the @ it is followed by a plus and what the
# mail is about. Empty: nobody can answer by mail, and mail that cannot be delivered returns to MAIL_FROM.
MAIL_IN = env("MAIL_IN", default="")
# What `read_mailbox` reads: imaps://name:word@host/INBOX. Empty: mail comes by another road, or not at all.
MAIL_IN_IMAP = env("MAIL_IN_IMAP", default="")
# The name in the Authentication-Results that our own mail server writes, or »ingen«: no server vouches for senders,
# and mail is taken all the same. Empty: no mail from members is taken.
MAIL_IN_TRUSTS = env("MAIL_IN_TRUSTS", default="")
# What anymail asks for, as JSON. Without WEBHOOK_SECRET in it no provider can tell us anything.
ANYMAIL = env.json("ANYMAIL", default={})
DEV_MAIL = None  # the demo keeps its mails in a folder, and shows them

# --- language -------------------------------------------------------------------------------------

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("dansk")), ("en", _("engelsk"))]
LOCALE_PATHS = [SITE / "locale"]
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [SITE / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.JoinedStaticFilesStorage"},
    # What members attach: outside the public media, handed out by a view that asks who may read it.
    "members": {
        "BACKEND": "network.storage.ClosedFiles",
        "OPTIONS": {"location": VAR / "members-files"},
    },
}
# clamav://host:port or unix:/path: members' files are shown to clamd first. Empty: there is no scanner.
CLAMAV_URL = env("CLAMAV_URL", default="")
# Nginx hands out pictures in production; the demo has no nginx. Documents always go through their own view.
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=False)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long page in the admin is one form

# --- safety ---------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics", "midi")
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Wagtail --------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "På forkant"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "/admin/login/"
WAGTAILADMIN_NOTIFICATION_USE_HTML = True
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILADMIN_PERMITTED_LANGUAGES = [("da", "Dansk"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("da", "Dansk")]
WAGTAILIMAGES_IMAGE_MODEL = "content.Picture"
WAGTAILDOCS_DOCUMENT_MODEL = "content.File"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILEMBEDS_FINDERS = []
# The admin's own search stays on the database, whatever engine serves the public.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_search"}}
TAGGIT_CASE_INSENSITIVE = True
TAG_LIMIT = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"keys": {"()": "accounts.masking.KeysStaySecret"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["keys"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django_tasks": {"level": "WARNING"},  # two lines a saved row tell nobody anything
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
