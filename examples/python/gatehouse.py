"""What the examples know of Gatehouse: its settings, by the names that it has for them itself, and its answers."""
import http.client
import json
import os
import time
import urllib.request

ISSUER = os.environ.get("JWT_ISSUER", "http://localhost:3000")
AUDIENCE = os.environ.get("JWT_AUDIENCE", "gatehouse")
ALGORITHM = os.environ.get("JWT_ALGORITHM", "ES256")
JWKS_URL = os.environ.get("JWKS_URL", ISSUER.rstrip("/") + "/.well-known/jwks.json")

TIMEOUT_SECONDS = 5
LONGEST_ANSWER = 1_000_000


class InvalidToken(Exception):
    """The token is refused. The reason may quote the token, so it is for the log, never for an answer."""


class Unavailable(Exception):
    """Gatehouse gave no answer, so that nothing can be said of the token."""


def fetch_json(request: urllib.request.Request) -> dict:
    """Raises Unavailable."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return json.loads(read_whole(response))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(f"No answer from {request.full_url}: {error}") from error


def read_whole(answer: http.client.HTTPResponse) -> bytes:
    """Raises OSError or ValueError for one that comes drop by drop, or without end: a timeout is for each drop."""
    end = time.monotonic() + TIMEOUT_SECONDS
    whole = b""
    while piece := answer.read1(65_536):
        whole += piece
        if time.monotonic() > end:
            raise TimeoutError("the answer takes too long")
        if len(whole) > LONGEST_ANSWER:
            raise ValueError("the answer is too long")
    return whole


def fetch_key_set() -> dict:
    """The keys of our algorithm alone: a kid in a token must not reach a key of another kind. Raises Unavailable."""
    answer = fetch_json(urllib.request.Request(JWKS_URL))
    try:
        return {"keys": [key for key in answer["keys"] if key["alg"] == ALGORITHM]}
    except (KeyError, TypeError) as error:
        raise Unavailable(f"No key set from {JWKS_URL}") from error
