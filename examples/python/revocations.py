"""Knows what Gatehouse has revoked: a mirror of its feed in memory, which a thread keeps up.

docs/resource-servers.md has the format of the feed and the rules that a mirror keeps.
"""
import logging
import os
import threading
import time
from typing import Iterator, Optional
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from gatehouse import ALGORITHM, ISSUER, LONGEST_ANSWER, InvalidToken, Unavailable, read_whole
from verify_with_pyjwt import find_key

URL = os.environ.get("REVOCATIONS_URL", ISSUER.rstrip("/") + "/revocations")
AUDIENCE = ISSUER.rstrip("/") + "/revocations"

MAX_STALENESS_SECONDS = 30
# Gatehouse sends a page every five seconds, whether or not there is news.
SILENT_FOR_SECONDS = 12
POLL_EVERY_SECONDS = 1
STARTS_WITHIN_SECONDS = 3
CLOCK_TOLERANCE_SECONDS = 5
FORGETS_EVERY_SECONDS = 60

log = logging.getLogger(__name__)


class NoRedirects(HTTPRedirectHandler):
    """Whoever a redirect leads to is not to be given our token."""

    def redirect_request(self, *_) -> None:
        return None


class Mirror:
    """What is revoked, by jti and sid. Lets no token in while what it knows is older than MAX_STALENESS_SECONDS."""

    def __init__(self, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}
        self.opener = build_opener(NoRedirects)
        self.revoked: dict = {}
        self.cursor: Optional[str] = None
        self.has_more = False
        self.failing: set = set()
        # By the clock of Gatehouse, and when that came, by a clock that nobody sets back.
        self.as_of = self.heard_at = float("-inf")
        # The latest that the clock of Gatehouse is known to have been at: it leaves out what has expired.
        self.issuer_clock = float("-inf")
        self.forgotten_at = time.monotonic()
        self.lock = threading.Lock()
        self.is_current = threading.Event()
        self.started_by: Optional[int] = None
        self.starts_until = 0.0

    def require_not_revoked(self, claims: dict) -> None:
        """Raises InvalidToken, or Unavailable where nobody can tell."""
        self.start_once()
        names = [claims.get("jti"), claims.get("sid")]
        if None in names or any(name in self.revoked for name in names):
            raise InvalidToken("The token was revoked")
        if claims["exp"] <= self.issuer_clock:
            raise InvalidToken("The token has expired by the clock of Gatehouse")
        if self.age() > MAX_STALENESS_SECONDS:
            raise Unavailable("It is not known what was revoked")

    def age(self) -> float:
        return max(time.time() - self.as_of, time.monotonic() - self.heard_at)

    def start_once(self) -> None:
        # With the first request, not with the import: a server that forks would leave the thread behind.
        with self.lock:
            if self.started_by != os.getpid():
                self.started_by = os.getpid()
                self.starts_until = time.monotonic() + STARTS_WITHIN_SECONDS
                threading.Thread(target=self.follow, daemon=True).start()
        self.is_current.wait(max(0, self.starts_until - time.monotonic()))

    def follow(self) -> None:
        while True:
            # What a stream has not told, as it was cut, is asked for.
            for source in (self.poll, self.stream):
                try:
                    for page in source():
                        self.take(page)
                        self.failing.discard(source.__name__)
                # Whatever it is, the thread must not end by it: the mirror grows old, and says so.
                except Exception as error:
                    self.recover(source.__name__, error)
            time.sleep(POLL_EVERY_SECONDS)

    def recover(self, source: str, error: Exception) -> None:
        # It is tried each second: one line for each outage.
        if source not in self.failing:
            log.warning("The %s of revocations fails: %s", source, error)
        self.failing.add(source)
        if isinstance(error, HTTPError) and error.code == 400:
            # The cursor is not known, as after an older backup was restored. What is revoked stays so.
            self.cursor = None

    def poll(self) -> Iterator[str]:
        self.has_more = True
        while self.has_more:
            with self.open(URL) as answer:
                yield read_whole(answer).decode("ascii")

    def stream(self) -> Iterator[str]:
        with self.open(URL + "/stream") as answer:
            rest = b""
            heard_at = time.monotonic()
            # A timeout is for each piece: only a page tells that the stream lives.
            while piece := answer.read1(65_536):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    name, _, value = line.decode("ascii").strip().partition(": ")
                    if name == "data":
                        yield value
                        heard_at = time.monotonic()
                if time.monotonic() > heard_at + SILENT_FOR_SECONDS or len(rest) > LONGEST_ANSWER:
                    raise ValueError("the stream brings no page")

    def open(self, url: str):
        query = "" if self.cursor is None else "?" + urlencode({"since": self.cursor})
        return self.opener.open(Request(url + query, headers=self.headers), timeout=SILENT_FOR_SECONDS)

    def take(self, text: str) -> None:
        page = verify_page(text)
        if page["since"] != self.cursor:
            raise ValueError("the page comes after another one than the last")
        self.revoked.update((entry["id"], entry["exp"]) for entry in page["revoked"])
        self.cursor, self.has_more = page["cursor"], page["more"]
        self.issuer_clock = max(self.issuer_clock, page["iat"])
        if not self.has_more and page["iat"] >= self.as_of:
            self.as_of, self.heard_at = page["iat"], time.monotonic()
            self.is_current.set()
        if time.monotonic() > self.forgotten_at + FORGETS_EVERY_SECONDS:
            self.forget_expired()

    def forget_expired(self) -> None:
        self.forgotten_at = time.monotonic()
        # Another dict, as requests look into this one meanwhile.
        self.revoked = {name: exp for name, exp in self.revoked.items() if exp > self.issuer_clock}


def verify_page(text: str) -> dict:
    """Raises an error of PyJWT, or ValueError, for what Gatehouse has not signed as a page of the feed."""
    page = jwt.decode(
        text,
        find_key(text),
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=CLOCK_TOLERANCE_SECONDS,
        options={"require": ["iss", "aud", "iat", "exp"]},
    )
    # As with an access token, PyJWT leaves typ to us.
    if jwt.get_unverified_header(text).get("typ") != "revocations+jwt":
        raise ValueError("no page of the feed")
    return page


token = os.environ.get("REVOCATIONS_TOKEN")
mirror = Mirror(token) if token else None
