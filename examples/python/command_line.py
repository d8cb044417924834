"""Verifies the token on standard input: an argument could be read by every user of the machine."""
import json
import sys
from typing import Callable

from gatehouse import InvalidToken, Unavailable


def print_claims(verify: Callable[[str], dict]) -> None:
    """Prints the claims as JSON, or exits with 1 and the reason on one line."""
    token = sys.stdin.buffer.read().decode("ascii", "replace").strip()
    try:
        print(json.dumps(verify(token), indent=2))
    except (InvalidToken, Unavailable) as refusal:
        # The reason may quote a token that anybody wrote: no line break or control character of it gets out.
        sys.exit(str(refusal).encode("unicode_escape").decode())
