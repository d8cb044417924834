"""Verifies an access token with python-jose. For a new service prefer PyJWT, which is better kept up."""
from command_line import print_claims
from gatehouse import ALGORITHM, AUDIENCE, ISSUER, InvalidToken, fetch_key_set
from jose import jwt
from jose.constants import ALGORITHMS
from jose.exceptions import JOSEError

# python-jose 3.3.0 takes some public keys for a shared secret where a token says HS256 (CVE-2024-33663). So the
# algorithm is ours and asymmetric, never the token's choice, and a key is a JWK of that algorithm, found by its kid.
if ALGORITHM not in ALGORITHMS.EC_DS | ALGORITHMS.RSA_DS:
    raise SystemExit(f"python-jose cannot verify {ALGORITHM} by a key set: use PyJWT")


def find_key(token: str) -> dict:
    kid = jwt.get_unverified_header(token).get("kid")
    for key in fetch_key_set()["keys"]:
        if key["kid"] == kid:
            return key
    raise InvalidToken("The token names no key of the issuer")


def verify(token: str) -> dict:
    """The claims of a good access token. Raises InvalidToken or Unavailable. Fetches the keys each time: a service
    should keep them, for five minutes at most, as verify_with_pyjwt.py does."""
    try:
        claims = jwt.decode(
            token,
            find_key(token),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require_iss": True, "require_aud": True, "require_sub": True, "require_exp": True},
        )
        header = jwt.get_unverified_header(token)
    # RecursionError: a header of a thousand brackets.
    except (JOSEError, RecursionError) as error:
        raise InvalidToken(str(error)) from error
    # python-jose leaves typ to us. It tells an access token from every other JWT of the issuer (RFC 9068 §4).
    if header.get("typ") != "at+jwt":
        raise InvalidToken("The token is no access token")
    return claims


if __name__ == "__main__":
    print_claims(verify)
