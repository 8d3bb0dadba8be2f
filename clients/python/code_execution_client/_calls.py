"""What both clients share: the calls that they make, and when one is made again."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional
from urllib.parse import quote

import httpx

from ._errors import CodeExecutionError
from ._types import Event

FIRST_PAUSE = 0.25
MAX_PAUSE = 20.0
BUSY = (429, 503)
#: Seconds of one long poll.
POLL = 25
PAGE = 100
MAX_EMPTY_CONNECTIONS = 10


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    #: Bytes that are sent as they are, with the content-type in ``headers``.
    content: Optional[bytes] = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Whether it may have been carried out already when it is sent again.
    is_repeatable: bool = True
    #: Seconds, instead of those of the client.
    timeout: Optional[float] = None

    def request(self) -> Dict[str, Any]:
        given = {"json": self.json, "content": self.content, "timeout": self.timeout}
        options = {name: value for name, value in given.items() if value is not None}
        params = {name: value for name, value in self.params.items() if value is not None}
        headers = dict(self.headers)
        return {"method": self.method, "url": f"/api/v1{self.path}", "params": params, "headers": headers, **options}


def settings(url: str, api_key: Optional[str], timeout: float) -> Dict[str, Any]:
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    return {"base_url": url.rstrip("/"), "headers": headers, "timeout": timeout}


def execute(request: Mapping[str, Any], encoding: Optional[str], include: Iterable[str]) -> Call:
    params = {"encoding": encoding, "include": ",".join(include) or None}
    return Call("POST", "/execute", params, request, is_repeatable=False)


def submit(path: str, body: Any, key: Optional[str], output: bool = False) -> Call:
    params = {"output": "true" if output else None}
    return Call("POST", path, params, json=body, headers={"idempotency-key": key or str(uuid.uuid4())})


def execution(execution_id: str, **params: Any) -> Call:
    return Call("GET", f"/executions/{quote(execution_id, safe='')}", params)


def events(execution_id: str, after: int, output: bool) -> Call:
    headers = {"accept": "text/event-stream", **({"last-event-id": str(after)} if after else {})}
    params = {"output": "true" if output else None}
    return Call("GET", f"/executions/{quote(execution_id, safe='')}/events", params, headers=headers)


def pause_before(attempt: int, error: CodeExecutionError) -> float:
    """At least what the service asks for; a random part keeps clients from coming back together."""
    longest = min(MAX_PAUSE, FIRST_PAUSE * 2**attempt)
    return (error.retry_after or 0) + random.random() * longest


def is_worth_retrying(error: CodeExecutionError, call: Call) -> bool:
    """What the service refused was not carried out; what got no answer may have been."""
    if error.status is not None:
        return error.status in BUSY
    return call.is_repeatable and error.code == "connection_failed"


def transport_error(url: str, error: httpx.TransportError) -> CodeExecutionError:
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return CodeExecutionError("timeout", "The service did not answer in time")
    return CodeExecutionError("connection_failed", f"The service at {url} cannot be reached")


class EventReader:
    """Makes events of the lines of a stream."""

    def __init__(self) -> None:
        self._lines: List[str] = []

    def feed(self, line: str) -> Iterator[Event]:
        if line != "":
            self._lines.append(line)
            return
        fields: Dict[str, List[str]] = {}
        for each in self._lines:
            name, _, value = each.partition(":")
            fields.setdefault(name, []).append(value[1:] if value.startswith(" ") else value)
        self._lines = []
        if "event" in fields and "data" in fields:
            data = json.loads("\n".join(fields["data"]))
            yield {"id": int(fields["id"][0]) if "id" in fields else None, "type": fields["event"][0], "data": data}
