"""The shapes of requests and results, as the API has them."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, TypedDict


class TestCase(TypedDict, total=False):

    name: str
    input: str
    expected_output: str
    encoding: str
    is_hidden: bool
    weight: float
    args: List[str]
    time_limit: float
    memory_limit: float


class TestResult(TypedDict):

    index: int
    name: Optional[str]
    status: str
    passed: bool
    is_hidden: bool
    input: Optional[str]
    expected_output: Optional[str]
    stdout: Optional[str]
    stderr: Optional[str]
    exit_code: Optional[int]
    signal: Optional[str]
    message: Optional[str]
    cpu_time_ms: float
    wall_time_ms: float
    memory_kb: int
    stdout_truncated: bool
    stderr_truncated: bool


class Summary(TypedDict):
    total: int
    passed: int
    failed: int
    skipped: int
    score: float


class Result(TypedDict):
    execution_id: str
    status: str
    language: str
    version: str
    compile: Optional[Dict[str, Any]]
    results: List[TestResult]
    summary: Summary
    cpu_time_ms: float
    wall_time_ms: float
    memory_kb: int
    warnings: List[str]
    created_at: str


class Execution(Result):
    """An execution at any stage; ``finished_at`` is None until it has ended."""

    finished_at: Optional[str]
    batch_id: Optional[str]
    message: Optional[str]


class ProblemSummary(TypedDict):
    id: str
    version: str
    name: Optional[str]
    tests: int
    created_at: str


class KeptProblem(ProblemSummary):
    """``definition`` is as it is put."""

    versions: List[Dict[str, str]]
    definition: Dict[str, Any]


class SubmissionReport(TypedDict):
    """``status`` and ``agrees`` are None if it was not run."""

    path: str
    language: str
    expected: str
    status: Optional[str]
    agrees: Optional[bool]
    score: Optional[float]
    cpu_time_ms: Optional[float]
    message: Optional[str]


class PackageReport(TypedDict):
    """What a package was read as; ``version`` is None if nothing is kept."""

    id: Optional[str]
    version: Optional[str]
    name: Optional[str]
    tests: int
    created_at: Optional[str]
    time_limit: float
    agrees: bool
    submissions: List[SubmissionReport]
    warnings: List[str]


class Event(TypedDict):
    """``type`` is status, compile, test or, at last, done, whose ``data`` is the whole execution; or output, without id."""

    id: Optional[int]
    type: str
    data: Any


class _Typed(TypedDict):
    type: str


class Message(_Typed, total=False):
    """What an interactive program does; the last is ``exit``, with the fields of a result."""

    data: str
    status: str
    execution_id: str
    exit_code: Optional[int]
    signal: Optional[str]
    limit: Optional[str]
    message: Optional[str]
    cpu_time_ms: float
    wall_time_ms: float
    memory_kb: int
