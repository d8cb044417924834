"""A Flask service that lets administrators in by access tokens of Gatehouse.

With REVOCATIONS_TOKEN, one of those that Gatehouse has in its setting of that name, it follows what is revoked: a logout
holds here a moment later, and no request waits for Gatehouse. Without it, a token that was revoked is let in until it
expires, 15 minutes by default.
"""
from typing import Optional

from bearer import Refused, require_access_token, require_role
from flask import Flask, jsonify, request

app = Flask(__name__)


@app.errorhandler(Refused)
def refuse(refused: Refused):
    return jsonify(refused.body), refused.status, refused.headers


def bearer_token() -> Optional[str]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


@app.get("/reports")
def reports():
    claims = require_access_token(bearer_token())
    require_role(claims, "admin")
    return jsonify(reports=[], read_by=claims["sub"])
