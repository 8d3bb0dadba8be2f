"""Whether a webhook came from the service: its signature as Standard Webhooks defines it, and its age."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any, Dict, Mapping, Optional, Union

from ._errors import CodeExecutionError

TOLERANCE = 300


def verify_webhook(
    secret: str, headers: Mapping[str, str], body: Union[str, bytes], *, now: Optional[float] = None
) -> Dict[str, Any]:
    """The message in the body, as it arrived. Raises if it is not signed with ``secret``, or too old."""
    lowered = {name.lower(): value for name, value in headers.items()}
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    message_id, timestamp, signatures = (lowered.get(name, "") for name in names)
    if not (message_id and timestamp.isdigit() and signatures):
        raise _refused("the signature headers are missing")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE:
        raise _refused("its time is too far from now")
    payload = body if isinstance(body, bytes) else body.encode()
    try:
        key = base64.b64decode(secret[6:] if secret.startswith("whsec_") else secret)
    except binascii.Error as error:
        raise ValueError("the secret must be Base64, perhaps behind whsec_") from error
    signed = f"{message_id}.{timestamp}.".encode() + payload
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(expected.encode(), each.encode()) for each in signatures.split(" ")):
        raise _refused("no signature fits")
    message: Dict[str, Any] = json.loads(payload)
    return message


def _refused(reason: str) -> CodeExecutionError:
    return CodeExecutionError("unauthorized", f"The webhook is not valid: {reason}")
