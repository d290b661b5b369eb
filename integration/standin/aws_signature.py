"""AWS's signatures of requests (SigV4), as botocore makes them."""

import hashlib
import re
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from integration.keys import AWS_KEY_ID, AWS_SECRET_KEY
from integration.standin.record import Record

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<headers>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def fault(record: Record) -> str | None:
    """Says what is wrong with a request's signature; a bearer token goes without one."""
    written = record.header("authorization") or ""
    if written.startswith("Bearer "):
        return None
    parts = AUTHORIZATION.fullmatch(written)
    if parts is None:
        return "Missing Authentication Token"
    if parts["key"] != AWS_KEY_ID:
        return "The security token included in the request is invalid."
    digest = hashlib.sha256(record.body).hexdigest()
    if record.header("x-amz-content-sha256") != digest:
        return "The provided 'x-amz-content-sha256' header does not match what was computed."
    request = _of_botocore(record, parts["headers"].split(";"))
    auth = SigV4Auth(Credentials(AWS_KEY_ID, AWS_SECRET_KEY), parts["service"], parts["region"])
    if parts["signature"] == auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request):
        return None
    return "The request signature we calculated does not match the signature you provided."


def _of_botocore(record: Record, names: list[str]) -> AWSRequest:
    """The request in botocore's words, with those headers that are signed."""
    headers = {name: record.header(name) or "" for name in names}
    url = f"https://{record.header('host')}{urlsplit(record.path).path}"
    request = AWSRequest(record.method, url, headers=headers, data=record.body)
    request.context["timestamp"] = record.header("x-amz-date")
    return request
