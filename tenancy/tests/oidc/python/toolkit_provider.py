"""Django with django-oauth-toolkit, one person and one client, in SQLite in memory."""

from served import ORIGIN, SETTINGS, serve

import secrets

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
LOGIN = '<form method="post">{% csrf_token %}{{ form }}<input type="hidden" name="next" value="{{ next }}"></form>'

settings.configure(
    SECRET_KEY=secrets.token_hex(32),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    LOGIN_URL="/login/",
    # Shared by the threads, and kept for as long as one connection is open.
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:toolkit?mode=memory&cache=shared"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN}),
                    "django.template.loaders.app_directories.Loader",
                ]
            },
        }
    ],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
        "SCOPES": {"openid": "sign in"},
    },
)
django.setup()

import oauth2_provider.urls
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import include, path
from oauth2_provider.models import Application

urlpatterns = [path("o/", include(oauth2_provider.urls)), path("login/", LoginView.as_view())]

connection.ensure_connection()
call_command("migrate", verbosity=0)
User.objects.create_user("alice", password="a-password")
Application.objects.create(
    client_id=SETTINGS["client"],
    client_secret=SETTINGS["secret"],
    client_type="confidential",
    authorization_grant_type="authorization-code",
    redirect_uris=SETTINGS["redirect"],
    post_logout_redirect_uris=SETTINGS["afterLogout"],
    algorithm="RS256",
    # Nobody is asked for consent.
    skip_authorization=True,
)
serve(get_wsgi_application(), f"{ORIGIN}/o")
