"""Canaille, with one person and one client, in memory."""

from served import ORIGIN, SETTINGS, serve

import canaille
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"}, private=True)
# Canaille leaves these to Python's own logging; nothing below an error is worth a line in a test's output.
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}

app = canaille.create_app(
    {
        "SECRET_KEY": "of-a-test",
        "SERVER_NAME": ORIGIN.removeprefix("http://"),
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "LOGGING": LOGGING},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [KEY.as_dict(private=True)]},
    }
)
with app.test_request_context():
    person = models.User(
        formatted_name="Alice", family_name="Alice", user_name="alice", password="a-password", emails=["alice@example.test"]
    )
    Backend.instance.save(person)
    client = models.Client(
        client_id=SETTINGS["client"],
        client_secret=SETTINGS["secret"],
        client_name="billing",
        # Of a trusted domain, so that nobody is asked for consent.
        client_uri="http://127.0.0.1",
        redirect_uris=[SETTINGS["redirect"]],
        post_logout_redirect_uris=[SETTINGS["afterLogout"]],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        scope=["openid"],
        token_endpoint_auth_method=SETTINGS["secretIn"],
    )
    Backend.instance.save(client)
    # Without it `aud` is an empty list, and no client may take such a token.
    client.audience = [client]
    Backend.instance.save(client)

serve(app, ORIGIN)
