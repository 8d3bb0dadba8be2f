"""The asynchronous client."""

from __future__ import annotations

import asyncio
from typing import Any, AsyncIterator, Dict, Iterable, List, Mapping, Optional, cast

import httpx

from . import _calls as calls
from ._errors import CodeExecutionError, error_of
from ._problems import AsyncBlobs, AsyncProblems
from ._session import AsyncSession, opening
from ._types import Event, Execution, Result

#: Seconds before an interrupted stream of events is opened again.
RECONNECT = 1.0


class AsyncClient:
    """Close it when it is no longer needed, or use it in a ``async with`` statement.

    ``retries`` is how often a request is sent again that the service was too busy for, or that did not reach it.
    """

    def __init__(
        self,
        url: str,
        api_key: Optional[str] = None,
        *,
        retries: int = 4,
        timeout: float = 120.0,
        transport: Optional[httpx.AsyncBaseTransport] = None,
    ) -> None:
        self._url = url
        self._api_key = api_key
        self._timeout = timeout
        self._retries = retries
        self._http = httpx.AsyncClient(**calls.settings(url, api_key, timeout), transport=transport)
        #: Problems that the service keeps.
        self.problems = AsyncProblems(self._send)
        #: Large data for requests and problems.
        self.blobs = AsyncBlobs(self._send)

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def execute(self, *, encoding: Optional[str] = None, include: Iterable[str] = (), **request: Any) -> Result:
        """Runs a program and waits for its result: ``execute(language="python", code="print(1)")``."""
        return cast(Result, await self._json(calls.execute(request, encoding, include)))

    async def submit(self, *, idempotency_key: Optional[str] = None, output: bool = False, **request: Any) -> Execution:
        """Accepts a program that runs when its turn comes, with the fields of ``execute`` and ``webhook_url``."""
        return cast(Execution, await self._json(calls.submit("/executions", request, idempotency_key, output)))

    async def submit_all(
        self, requests: Iterable[Mapping[str, Any]], *, idempotency_key: Optional[str] = None
    ) -> Dict[str, Any]:
        """At most 100; each succeeds or fails alone."""
        body = {"executions": [dict(request) for request in requests]}
        return cast(Dict[str, Any], await self._json(calls.submit("/executions/batch", body, idempotency_key)))

    async def get(self, execution_id: str, *, encoding: Optional[str] = None) -> Execution:
        """An execution at whatever stage it is."""
        return cast(Execution, await self._json(calls.execution(execution_id, encoding=encoding)))

    async def wait(self, execution_id: str, *, encoding: Optional[str] = None) -> Execution:
        """Waits for the end of an execution, however long it takes."""
        while True:
            call = calls.execution(execution_id, encoding=encoding, wait=calls.POLL)
            execution = cast(Execution, await self._json(call))
            if execution["finished_at"] is not None:
                return execution

    async def cancel(self, execution_id: str) -> Execution:
        call = calls.execution(execution_id)
        return cast(Execution, await self._json(calls.Call("DELETE", call.path)))

    async def list(self, **filters: Optional[str]) -> AsyncIterator[Execution]:
        """The newest first, without compile and results. Filters are user_id, status and batch_id."""
        cursor: Optional[str] = None
        while True:
            params = {**filters, "limit": calls.PAGE, "cursor": cursor}
            page = await self._json(calls.Call("GET", "/executions", params))
            for execution in page["executions"]:
                yield execution
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def events(self, execution_id: str, *, after: int = 0, output: bool = False) -> AsyncIterator[Event]:
        """Events from the begin, or after the one with the id ``after``; goes on where the connection broke.

        With ``output``, also what the program writes, as it does; submit it with ``output`` too, so that none is missed.
        """
        empty = 0
        while empty < calls.MAX_EMPTY_CONNECTIONS:
            empty += 1
            answer = await self._send(calls.events(execution_id, after, output), stream=True)
            if answer.status_code == 204:
                await answer.aclose()
                return
            reader = calls.EventReader()
            try:
                async for line in answer.aiter_lines():
                    for event in reader.feed(line):
                        after, empty = event["id"] or after, 0
                        yield event
                        if event["type"] == "done":
                            return
            except httpx.TransportError:
                pass
            finally:
                await answer.aclose()
            await asyncio.sleep(RECONNECT)
        raise CodeExecutionError("connection_failed", f"The events of {execution_id} break off again and again")

    def interactive(self, **request: Any) -> AsyncSession:
        """A program with live streams: ``async with client.interactive(language="python", code="...") as session``.

        The fields are those of ``execute`` without tests, and ``pty`` with columns and rows for a terminal.
        """
        return AsyncSession(opening(self._url, self._api_key, self._timeout, request))

    async def languages(self) -> List[Dict[str, Any]]:
        return cast(List[Dict[str, Any]], await self._json(calls.Call("GET", "/languages")))

    async def health(self) -> Dict[str, Any]:
        return cast(Dict[str, Any], await self._json(calls.Call("GET", "/health")))

    async def _json(self, call: calls.Call) -> Any:
        return (await self._send(call)).json()

    async def _send(self, call: calls.Call, *, stream: bool = False) -> httpx.Response:
        attempt = 0
        while True:
            try:
                return await self._send_once(call, stream)
            except CodeExecutionError as error:
                if attempt >= self._retries or not calls.is_worth_retrying(error, call):
                    raise
                await asyncio.sleep(calls.pause_before(attempt, error))
            attempt += 1

    async def _send_once(self, call: calls.Call, stream: bool) -> httpx.Response:
        try:
            answer = await self._http.send(self._http.build_request(**call.request()), stream=stream)
            if answer.is_success:
                return answer
            await answer.aread()
        except httpx.TransportError as error:
            raise calls.transport_error(self._url, error) from error
        raise error_of(answer)
