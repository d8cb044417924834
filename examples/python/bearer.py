"""Lets a request in by its access token, or refuses it as RFC 6750 says. Knows no web framework."""
import logging
from typing import Optional

from gatehouse import InvalidToken, Unavailable
from revocations import mirror
from verify_with_pyjwt import verify

CHALLENGE = 'Bearer realm="reports"'

log = logging.getLogger(__name__)


class Refused(Exception):
    """What a request is answered that is not let in."""

    def __init__(self, status: int, error: str, message: str, headers: dict) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": error, "message": message}
        self.headers = headers


def require_access_token(token: Optional[str]) -> dict:
    """The claims of the token. Raises Refused."""
    if not token:
        # RFC 6750 §3.1: who sent no token is told no error, only what is asked for.
        raise Refused(401, "token_missing", "An access token is needed", {"WWW-Authenticate": CHALLENGE})
    try:
        claims = verify(token)
        if mirror:
            mirror.require_not_revoked(claims)
        return claims
    except InvalidToken as error:
        raise invalid_token() from error
    except Unavailable as error:
        raise unavailable(error) from error


def require_role(claims: dict, role: str) -> None:
    """Raises Refused. Gatehouse puts roles into a token unless ACCESS_TOKEN_CLAIMS leaves them out."""
    if role not in claims.get("roles", []):
        raise challenged(403, "insufficient_scope", f"The role {role} is needed")


def invalid_token() -> Refused:
    # Never the reason of the library: it may quote the token, and what anybody wrote has no place in a header.
    return challenged(401, "invalid_token", "The access token is not valid")


def unavailable(error: Unavailable) -> Refused:
    # A token that could not be checked is not let in, but its client shall try again rather than throw it away.
    log.error("%s", error)
    return Refused(503, "unavailable", "The token cannot be checked now", {"Retry-After": "5"})


def challenged(status: int, error: str, message: str) -> Refused:
    challenge = f'{CHALLENGE}, error="{error}", error_description="{message}"'
    return Refused(status, error, message, {"WWW-Authenticate": challenge})
