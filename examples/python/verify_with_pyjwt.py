"""Verifies an access token with PyJWT."""
import os
import threading
import time

import jwt
from command_line import print_claims
from gatehouse import ALGORITHM, AUDIENCE, ISSUER, JWKS_URL, InvalidToken, Unavailable, fetch_key_set

COOLDOWN_SECONDS = 30
FAILURE_PAUSE_SECONDS = 1

# For HS256 alone. Whoever verifies by the secret could make tokens too: prefer ES256.
SECRET = os.environ.get("JWT_SECRET", "")
if ALGORITHM == "HS256" and len(SECRET.encode()) < 32:
    raise SystemExit("JWT_SECRET must have at least 32 bytes")


class KeySet(jwt.PyJWKClient):
    """The key set, kept for the five minutes that Gatehouse allows: a key is published for longer before it signs."""

    tried_at = float("-inf")

    def __init__(self) -> None:
        # Never cache_keys: it keeps a key that was retired, as after a theft, for as long as this process lives.
        super().__init__(JWKS_URL, cache_keys=False, cache_jwk_set=True, lifespan=300)
        self.fetching = threading.Lock()

    def fetch_data(self) -> dict:
        # PyJWKClient's own has no timeout in PyJWT 2.6, and forgets the keys it has when a fetch fails.
        with self.fetching:
            # Who waited for another thread has what that one fetched, or fails with it.
            if time.monotonic() < self.tried_at + FAILURE_PAUSE_SECONDS:
                return self.kept_keys()
            try:
                keys = fetch_key_set()
            finally:
                self.tried_at = time.monotonic()
            self.jwk_set_cache.put(keys)
            return keys

    def kept_keys(self) -> dict:
        keys = self.jwk_set_cache.get()
        if keys is None:
            raise Unavailable(f"No answer from {JWKS_URL} a moment ago")
        return keys

    def get_jwk_set(self, refresh: bool = False) -> jwt.PyJWKSet:
        # PyJWKClient fetches again for a kid it does not know: without a pause, anybody could make it do so at will.
        paused = time.monotonic() < self.tried_at + COOLDOWN_SECONDS
        return super().get_jwk_set(refresh and not paused)


key_set = KeySet()


def find_key(token: str):
    return SECRET if ALGORITHM == "HS256" else key_set.get_signing_key_from_jwt(token).key


def verify(token: str) -> dict:
    """The claims of a good access token. Raises InvalidToken or Unavailable."""
    try:
        claims = jwt.decode(
            token,
            find_key(token),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["iss", "aud", "sub", "exp"]},
        )
        header = jwt.get_unverified_header(token)
    # RecursionError: a header of a thousand brackets.
    except (jwt.PyJWTError, RecursionError) as error:
        raise InvalidToken(str(error)) from error
    # PyJWT leaves typ to us. It tells an access token from every other JWT of the issuer (RFC 9068 §4).
    if header.get("typ") != "at+jwt":
        raise InvalidToken("The token is no access token")
    return claims


if __name__ == "__main__":
    print_claims(verify)
