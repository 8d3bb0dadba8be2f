"""The synchronous client."""

from __future__ import annotations

import time
from typing import Any, Iterator, Dict, Iterable, List, Mapping, Optional, cast

import httpx

from . import _calls as calls
from ._errors import CodeExecutionError, error_of
from ._problems import Blobs, Problems
from ._session import Session, opening
from ._types import Event, Execution, Result

#: Seconds before an interrupted stream of events is opened again.
RECONNECT = 1.0


class Client:
    """Close it when it is no longer needed, or use it in a ``with`` statement.

    ``retries`` is how often a request is sent again that the service was too busy for, or that did not reach it.
    """

    def __init__(
        self,
        url: str,
        api_key: Optional[str] = None,
        *,
        retries: int = 4,
        timeout: float = 120.0,
        transport: Optional[httpx.BaseTransport] = None,
    ) -> None:
        self._url = url
        self._api_key = api_key
        self._timeout = timeout
        self._retries = retries
        self._http = httpx.Client(**calls.settings(url, api_key, timeout), transport=transport)
        #: Problems that the service keeps.
        self.problems = Problems(self._send)
        #: Large data for requests and problems.
        self.blobs = Blobs(self._send)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def execute(self, *, encoding: Optional[str] = None, include: Iterable[str] = (), **request: Any) -> Result:
        """Runs a program and waits for its result: ``execute(language="python", code="print(1)")``."""
        return cast(Result, self._json(calls.execute(request, encoding, include)))

    def submit(self, *, idempotency_key: Optional[str] = None, output: bool = False, **request: Any) -> Execution:
        """Accepts a program that runs when its turn comes, with the fields of ``execute`` and ``webhook_url``."""
        return cast(Execution, self._json(calls.submit("/executions", request, idempotency_key, output)))

    def submit_all(
        self, requests: Iterable[Mapping[str, Any]], *, idempotency_key: Optional[str] = None
    ) -> Dict[str, Any]:
        """At most 100; each succeeds or fails alone."""
        body = {"executions": [dict(request) for request in requests]}
        return cast(Dict[str, Any], self._json(calls.submit("/executions/batch", body, idempotency_key)))

    def get(self, execution_id: str, *, encoding: Optional[str] = None) -> Execution:
        """An execution at whatever stage it is."""
        return cast(Execution, self._json(calls.execution(execution_id, encoding=encoding)))

    def wait(self, execution_id: str, *, encoding: Optional[str] = None) -> Execution:
        """Waits for the end of an execution, however long it takes."""
        while True:
            call = calls.execution(execution_id, encoding=encoding, wait=calls.POLL)
            execution = cast(Execution, self._json(call))
            if execution["finished_at"] is not None:
                return execution

    def cancel(self, execution_id: str) -> Execution:
        call = calls.execution(execution_id)
        return cast(Execution, self._json(calls.Call("DELETE", call.path)))

    def list(self, **filters: Optional[str]) -> Iterator[Execution]:
        """The newest first, without compile and results. Filters are user_id, status and batch_id."""
        cursor: Optional[str] = None
        while True:
            params = {**filters, "limit": calls.PAGE, "cursor": cursor}
            page = self._json(calls.Call("GET", "/executions", params))
            for execution in page["executions"]:
                yield execution
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def events(self, execution_id: str, *, after: int = 0, output: bool = False) -> Iterator[Event]:
        """Events from the begin, or after the one with the id ``after``; goes on where the connection broke.

        With ``output``, also what the program writes, as it does; submit it with ``output`` too, so that none is missed.
        """
        empty = 0
        while empty < calls.MAX_EMPTY_CONNECTIONS:
            empty += 1
            answer = self._send(calls.events(execution_id, after, output), stream=True)
            if answer.status_code == 204:
                answer.close()
                return
            reader = calls.EventReader()
            try:
                for line in answer.iter_lines():
                    for event in reader.feed(line):
                        after, empty = event["id"] or after, 0
                        yield event
                        if event["type"] == "done":
                            return
            except httpx.TransportError:
                pass
            finally:
                answer.close()
            time.sleep(RECONNECT)
        raise CodeExecutionError("connection_failed", f"The events of {execution_id} break off again and again")

    def interactive(self, **request: Any) -> Session:
        """A program with live streams: ``with client.interactive(language="python", code="...") as session``.

        The fields are those of ``execute`` without tests, and ``pty`` with columns and rows for a terminal.
        """
        return Session(opening(self._url, self._api_key, self._timeout, request))

    def languages(self) -> List[Dict[str, Any]]:
        return cast(List[Dict[str, Any]], self._json(calls.Call("GET", "/languages")))

    def health(self) -> Dict[str, Any]:
        return cast(Dict[str, Any], self._json(calls.Call("GET", "/health")))

    def _json(self, call: calls.Call) -> Any:
        return (self._send(call)).json()

    def _send(self, call: calls.Call, *, stream: bool = False) -> httpx.Response:
        attempt = 0
        while True:
            try:
                return self._send_once(call, stream)
            except CodeExecutionError as error:
                if attempt >= self._retries or not calls.is_worth_retrying(error, call):
                    raise
                time.sleep(calls.pause_before(attempt, error))
            attempt += 1

    def _send_once(self, call: calls.Call, stream: bool) -> httpx.Response:
        try:
            answer = self._http.send(self._http.build_request(**call.request()), stream=stream)
            if answer.is_success:
                return answer
            answer.read()
        except httpx.TransportError as error:
            raise calls.transport_error(self._url, error) from error
        raise error_of(answer)
