"""A running program with live streams, over a WebSocket: input goes in while output comes back.

``Session`` and ``AsyncSession`` are alike; what they have in common is above them.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, AsyncIterator, Dict, Iterator, Mapping, Optional, cast

import httpx
from websockets.asyncio.client import ClientConnection as AsyncConnection
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ._errors import CodeExecutionError, error_of, error_in
from ._types import Message

PROTOCOL = Subprotocol("code-execution.v1")
#: Bytes of one message of the service.
MAX_MESSAGE = 16 * 1024 * 1024
CLOSE_TIMEOUT = 5.0


@dataclass(frozen=True)
class Opening:
    """What a connection is opened with."""

    url: str
    headers: Mapping[str, str]
    timeout: float
    request: Mapping[str, Any]

    def options(self) -> Dict[str, Any]:
        return {
            "subprotocols": [PROTOCOL],
            "additional_headers": dict(self.headers),
            "open_timeout": self.timeout,
            "close_timeout": CLOSE_TIMEOUT,
            "max_size": MAX_MESSAGE,
        }

    def first_message(self) -> str:
        return json.dumps(self.request)

    def failure(self, error: Exception) -> CodeExecutionError:
        """Of the connection that could not be opened."""
        if isinstance(error, InvalidStatus):
            answer = error.response
            return error_of(httpx.Response(answer.status_code, headers=list(answer.headers.raw_items()), content=answer.body))
        return CodeExecutionError("connection_failed", f"The service at {self.url} cannot be reached")


def opening(url: str, api_key: Optional[str], timeout: float, request: Mapping[str, Any]) -> Opening:
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    address = "ws" + url.rstrip("/")[len("http") :] + "/api/v1/interactive"
    return Opening(address, headers, timeout, request)


def read(text: object) -> Message:
    message = json.loads(cast(str, text))
    if message["type"] == "error":
        raise error_in(message)
    return cast(Message, message)


def lost() -> CodeExecutionError:
    return CodeExecutionError("connection_failed", "The connection to the program is lost")


class Session:
    """Use it in a ``with`` statement, whose end also ends the program; iterate over it for what the program does.

    Messages are dictionaries with a ``type``: status, compile, stdout and stderr with ``data``, and at last exit.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._socket: Optional[ClientConnection] = None

    def __enter__(self) -> "Session":
        try:
            self._socket = connect(self._opening.url, **self._opening.options())
        except (OSError, WebSocketException) as error:
            raise self._opening.failure(error) from error
        self._send(self._opening.first_message())
        return self

    def __exit__(self, *_error: object) -> None:
        if self._socket is not None:
            self._socket.close()

    def __iter__(self) -> Iterator[Message]:
        while True:
            try:
                message = read(self._open().recv())
            except ConnectionClosed as error:
                raise lost() from error
            yield message
            if message["type"] == "exit":
                return

    def write(self, data: str) -> None:
        """Gives the program input."""
        self._send(json.dumps({"type": "stdin", "data": data}))

    def end(self) -> None:
        """Ends the program's input."""
        self._send(json.dumps({"type": "eof"}))

    def signal(self, name: str) -> None:
        """Sends the program a signal, such as SIGINT."""
        self._send(json.dumps({"type": "signal", "name": name}))

    def resize(self, columns: int, rows: int) -> None:
        """Changes the size of the terminal that ``pty`` asked for."""
        self._send(json.dumps({"type": "resize", "columns": columns, "rows": rows}))

    def _send(self, text: str) -> None:
        try:
            self._open().send(text)
        except ConnectionClosed:
            # What the service had to say, and how the program ended, is still to be read.
            pass

    def _open(self) -> ClientConnection:
        if self._socket is None:
            raise RuntimeError("use the session in a with statement")
        return self._socket


class AsyncSession:
    """As ``Session``, in an ``async with`` statement and with ``async for``."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._socket: Optional[AsyncConnection] = None

    async def __aenter__(self) -> "AsyncSession":
        try:
            self._socket = await connect_async(self._opening.url, **self._opening.options())
        except (OSError, asyncio.TimeoutError, WebSocketException) as error:
            raise self._opening.failure(error) from error
        await self._send(self._opening.first_message())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def __aiter__(self) -> AsyncIterator[Message]:
        while True:
            try:
                message = read(await self._open().recv())
            except ConnectionClosed as error:
                raise lost() from error
            yield message
            if message["type"] == "exit":
                return

    async def write(self, data: str) -> None:
        """Gives the program input."""
        await self._send(json.dumps({"type": "stdin", "data": data}))

    async def end(self) -> None:
        """Ends the program's input."""
        await self._send(json.dumps({"type": "eof"}))

    async def signal(self, name: str) -> None:
        """Sends the program a signal, such as SIGINT."""
        await self._send(json.dumps({"type": "signal", "name": name}))

    async def resize(self, columns: int, rows: int) -> None:
        """Changes the size of the terminal that ``pty`` asked for."""
        await self._send(json.dumps({"type": "resize", "columns": columns, "rows": rows}))

    async def _send(self, text: str) -> None:
        try:
            await self._open().send(text)
        except ConnectionClosed:
            # What the service had to say, and how the program ended, is still to be read.
            pass

    def _open(self) -> AsyncConnection:
        if self._socket is None:
            raise RuntimeError("use the session in an async with statement")
        return self._socket
