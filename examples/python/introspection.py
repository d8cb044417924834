"""Asks Gatehouse whether a token still holds (RFC 7662): it knows of a revocation at once."""
import os
import threading
import time
from typing import Optional
from urllib.parse import urlencode
from urllib.request import Request

from gatehouse import ISSUER, Unavailable, fetch_json

TOKEN_URL = os.environ.get("TOKEN_URL", ISSUER.rstrip("/") + "/token")
INTROSPECTION_URL = os.environ.get("INTROSPECTION_URL", ISSUER.rstrip("/") + "/introspect")

RENEW_BEFORE_EXPIRY_SECONDS = 30


class Introspection:
    """Asks as an account with the role `introspect`, signed in when needed."""

    def __init__(self, username: str, password: str) -> None:
        self.account = {"username": username, "password": password}
        self.lock = threading.Lock()
        self.tokens: dict = {}
        self.renew_at = float("-inf")

    def is_active(self, token: str) -> bool:
        """Raises Unavailable."""
        ours = self.access_token()
        try:
            return ask(token, ours)
        except Unavailable:
            # Our own token may be what was refused, as when the session was ended: once more, with another.
            return ask(token, self.access_token(refused=ours))

    def access_token(self, refused: Optional[str] = None) -> str:
        # One thread renews, the others wait for what it gets.
        with self.lock:
            if time.monotonic() >= self.renew_at or self.tokens["access_token"] == refused:
                self.tokens = self.refresh() or self.sign_in()
                self.renew_at = time.monotonic() + self.tokens["expires_in"] - RENEW_BEFORE_EXPIRY_SECONDS
            return self.tokens["access_token"]

    def refresh(self) -> Optional[dict]:
        """Goes on in the same session, where there is one."""
        if not self.tokens:
            return None
        try:
            return post(
                TOKEN_URL, {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]}
            )
        except Unavailable:
            return None

    def sign_in(self) -> dict:
        return post(TOKEN_URL, {"grant_type": "password", **self.account})


def ask(token: str, ours: str) -> bool:
    answer = post(INTROSPECTION_URL, {"token": token}, {"Authorization": f"Bearer {ours}"})
    return answer["active"] is True


def post(url: str, form: dict, headers: Optional[dict] = None) -> dict:
    return fetch_json(Request(url, urlencode(form).encode(), headers or {}))
