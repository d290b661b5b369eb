"""Tokens as Microsoft's endpoint and Google's metadata server give them.

https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow and
https://cloud.google.com/compute/docs/access/authenticate-workloads, read 2026-11-29.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from integration.standin.record import Record

ENTRA = "eyJ0eXAi" + "standin0Entra" * 3
GOOGLE = "ya29." + "standin0Google" * 3
GRANT = {"grant_type", "client_id", "client_secret", "scope"}


def answer(record: Record) -> dict[str, Any] | None:
    """A token for who asks as he must; `None` for any other path."""
    path = urlsplit(record.path).path
    if path.endswith("/oauth2/v2.0/token"):
        asked = parse_qs(record.body.decode())
        if asked.keys() < GRANT:
            raise ValueError("AADSTS900144: the request has not all that it needs")
        return {"token_type": "Bearer", "expires_in": 3599, "access_token": ENTRA}
    if path == "/computeMetadata/v1/instance/service-accounts/default/token":
        if record.header("metadata-flavor") != "Google":
            raise ValueError("Missing required header: Metadata-Flavor")
        return {"token_type": "Bearer", "expires_in": 3599, "access_token": GOOGLE}
    return None
