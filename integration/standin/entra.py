"""Answers as Microsoft's token endpoint gives them.

https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow, read 2026-11-29.
"""

import json
from urllib.parse import parse_qs

from integration.http11 import Headers
from integration.standin.record import Record

TOKEN = "eyJ0eXAi" + "standin0Entra" * 3
GRANT = {"grant_type", "client_id", "client_secret", "scope"}


def is_token_endpoint(path: str) -> bool:
    """Whether a path is that of a tenant's tokens."""
    return path.endswith("/oauth2/v2.0/token")


def token_answer(record: Record) -> tuple[int, Headers, bytes]:
    """A token for an application that names itself and its secret."""
    asked = {name: values[0] for name, values in parse_qs(record.body.decode()).items()}
    if not asked.keys() >= GRANT or asked["grant_type"] != "client_credentials":
        status, answer = 400, {"error": "invalid_request", "error_description": "AADSTS900144"}
    else:
        status, answer = 200, {"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}
    return status, [("content-type", "application/json; charset=utf-8")], json.dumps(answer).encode()
