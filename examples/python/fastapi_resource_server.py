"""A FastAPI service that lets administrators in by access tokens of Gatehouse.

By itself it does not see that a token was revoked before it expires, 15 minutes by default. With REVOCATIONS_TOKEN, one
of those that Gatehouse has in its setting of that name, it follows what is revoked: a logout holds here a moment later,
and no request waits for Gatehouse. With INTROSPECTION_USERNAME and INTROSPECTION_PASSWORD, an account with the role
`introspect`, it asks Gatehouse at each request: a revocation holds at once, for one more call and no answer while
Gatehouse is down.
"""
import os
from typing import Optional

from bearer import Refused, invalid_token, require_access_token, require_role, unavailable
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from gatehouse import Unavailable
from introspection import Introspection

app = FastAPI()
# Its own refusal of a request without a token would be 403, with no challenge.
http_bearer = HTTPBearer(auto_error=False)

username = os.environ.get("INTROSPECTION_USERNAME")
introspection = Introspection(username, os.environ["INTROSPECTION_PASSWORD"]) if username else None


@app.exception_handler(Refused)
def refuse(_: Request, refused: Refused) -> JSONResponse:
    return JSONResponse(refused.body, refused.status, refused.headers)


def access_token_claims(credentials: Optional[HTTPAuthorizationCredentials] = Depends(http_bearer)) -> dict:
    token = credentials.credentials if credentials else None
    claims = require_access_token(token)
    if introspection:
        require_active(token)
    return claims


def require_active(token: str) -> None:
    try:
        if not introspection.is_active(token):
            raise invalid_token()
    except Unavailable as error:
        raise unavailable(error) from error


@app.get("/reports")
def reports(claims: dict = Depends(access_token_claims)) -> dict:
    require_role(claims, "admin")
    return {"reports": [], "read_by": claims["sub"]}
