"""Problems that the service keeps, and blobs: large data that stands under its digest.

The asynchronous classes have the same methods; what they have in common is above them.
"""

from __future__ import annotations

import hashlib
from typing import Any, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Optional, Union, cast, overload
from urllib.parse import quote

import httpx

from ._calls import PAGE, Call
from ._errors import CodeExecutionError
from ._types import KeptProblem, PackageReport, ProblemSummary

#: Seconds for a package, whose submissions are run before the service answers.
PACKAGE_TIMEOUT = 1000.0
ZIP = {"content-type": "application/zip"}
BYTES = {"content-type": "application/octet-stream"}


def problem_path(reference: str) -> str:
    return f"/problems/{quote(reference, safe='')}"


def put_problem(problem_id: str, definition: Union[Mapping[str, Any], bytes]) -> Call:
    path = problem_path(problem_id)
    if isinstance(definition, bytes):
        return archived("PUT", path, definition)
    return Call("PUT", path, json=dict(definition))


def archived(method: str, path: str, archive: bytes) -> Call:
    """A package's submissions are not run twice after a broken connection."""
    return Call(method, path, content=archive, headers=ZIP, timeout=PACKAGE_TIMEOUT, is_repeatable=False)


def page_after(cursor: Optional[str]) -> Call:
    return Call("GET", "/problems", {"limit": PAGE, "cursor": cursor})


def blob(method: str, sha256: str) -> Call:
    return Call(method, f"/blobs/{quote(sha256, safe='')}")


def put_blob(content: bytes) -> Call:
    return Call("PUT", f"/blobs/{digest_of(content)}", content=content, headers=BYTES)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Problems:
    """``client.problems``."""

    def __init__(self, send: Callable[[Call], httpx.Response]) -> None:
        self._send = send

    @overload
    def put(self, problem_id: str, definition: Mapping[str, Any]) -> ProblemSummary: ...

    @overload
    def put(self, problem_id: str, definition: bytes) -> PackageReport: ...

    def put(self, problem_id: str, definition: Union[Mapping[str, Any], bytes]) -> Union[ProblemSummary, PackageReport]:
        """Keeps a problem, or a new version of it: a definition, or a package of ICPC, Kattis or Polygon as a ZIP.

        The submissions in a package are run first.
        """
        return cast(PackageReport, self._send(put_problem(problem_id, definition)).json())

    def get(self, reference: str) -> KeptProblem:
        """By ``ID`` or ``ID@VERSION``."""
        return cast(KeptProblem, self._send(Call("GET", problem_path(reference))).json())

    def list(self) -> Iterator[ProblemSummary]:
        """By id, page by page."""
        cursor: Optional[str] = None
        while True:
            page = self._send(page_after(cursor)).json()
            yield from page["problems"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def delete(self, problem_id: str) -> None:
        """Removes all its versions."""
        self._send(Call("DELETE", problem_path(problem_id)))

    def check(self, archive: bytes) -> PackageReport:
        """As ``put`` of a package, and nothing is kept."""
        return cast(PackageReport, self._send(archived("POST", "/problems/check", archive)).json())

    def package(self, reference: str) -> bytes:
        """A ZIP archive that is the same version when it is put again."""
        return self._send(Call("GET", f"{problem_path(reference)}/package")).content


class Blobs:
    """``client.blobs``."""

    def __init__(self, send: Callable[[Call], httpx.Response]) -> None:
        self._send = send

    def put(self, content: bytes) -> str:
        """The SHA-256, which requests name as ``{"blob": sha256}``."""
        self._send(put_blob(content))
        return digest_of(content)

    def has(self, sha256: str) -> bool:
        try:
            self._send(blob("HEAD", sha256))
        except CodeExecutionError as error:
            if error.status == 404:
                return False
            raise
        return True

    def get(self, sha256: str) -> bytes:
        return self._send(blob("GET", sha256)).content


class AsyncProblems:
    """``client.problems`` of ``AsyncClient``."""

    def __init__(self, send: Callable[[Call], Awaitable[httpx.Response]]) -> None:
        self._send = send

    @overload
    async def put(self, problem_id: str, definition: Mapping[str, Any]) -> ProblemSummary: ...

    @overload
    async def put(self, problem_id: str, definition: bytes) -> PackageReport: ...

    async def put(
        self, problem_id: str, definition: Union[Mapping[str, Any], bytes]
    ) -> Union[ProblemSummary, PackageReport]:
        """Keeps a problem, or a new version of it: a definition, or a package of ICPC, Kattis or Polygon as a ZIP.

        The submissions in a package are run first.
        """
        return cast(PackageReport, (await self._send(put_problem(problem_id, definition))).json())

    async def get(self, reference: str) -> KeptProblem:
        """By ``ID`` or ``ID@VERSION``."""
        return cast(KeptProblem, (await self._send(Call("GET", problem_path(reference)))).json())

    async def list(self) -> AsyncIterator[ProblemSummary]:
        """By id, page by page."""
        cursor: Optional[str] = None
        while True:
            page = (await self._send(page_after(cursor))).json()
            for summary in page["problems"]:
                yield summary
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def delete(self, problem_id: str) -> None:
        """Removes all its versions."""
        await self._send(Call("DELETE", problem_path(problem_id)))

    async def check(self, archive: bytes) -> PackageReport:
        """As ``put`` of a package, and nothing is kept."""
        return cast(PackageReport, (await self._send(archived("POST", "/problems/check", archive))).json())

    async def package(self, reference: str) -> bytes:
        """A ZIP archive that is the same version when it is put again."""
        return (await self._send(Call("GET", f"{problem_path(reference)}/package"))).content


class AsyncBlobs:
    """``client.blobs`` of ``AsyncClient``."""

    def __init__(self, send: Callable[[Call], Awaitable[httpx.Response]]) -> None:
        self._send = send

    async def put(self, content: bytes) -> str:
        """The SHA-256, which requests name as ``{"blob": sha256}``."""
        await self._send(put_blob(content))
        return digest_of(content)

    async def has(self, sha256: str) -> bool:
        try:
            await self._send(blob("HEAD", sha256))
        except CodeExecutionError as error:
            if error.status == 404:
                return False
            raise
        return True

    async def get(self, sha256: str) -> bytes:
        return (await self._send(blob("GET", sha256))).content
