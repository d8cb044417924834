"""What the examples know of Gatehouse: its settings, by the names that it has for them itself, and its answers."""
import http.client
import json
import os
import urllib.request

ISSUER = os.environ.get("JWT_ISSUER", "http://localhost:3000")
AUDIENCE = os.environ.get("JWT_AUDIENCE", "gatehouse")
ALGORITHM = os.environ.get("JWT_ALGORITHM", "ES256")
JWKS_URL = os.environ.get("JWKS_URL", ISSUER.rstrip("/") + "/.well-known/jwks.json")

TIMEOUT_SECONDS = 5


class InvalidToken(Exception):
    """The token is refused. The reason may quote the token, so it is for the log, never for an answer."""


class Unavailable(Exception):
    """Gatehouse gave no answer, so that nothing can be said of the token."""


def fetch_json(request: urllib.request.Request) -> dict:
    """Raises Unavailable."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(f"No answer from {request.full_url}: {error}") from error


def fetch_key_set() -> dict:
    """The keys of our algorithm alone: a kid in a token must not reach a key of another kind."""
    keys = fetch_json(urllib.request.Request(JWKS_URL))["keys"]
    return {"keys": [key for key in keys if key["alg"] == ALGORITHM]}
