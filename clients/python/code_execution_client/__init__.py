"""The client of a Code Execution Service: runs programs, and follows those that outlive their request."""

from ._async_client import AsyncClient
from ._client import Client
from ._errors import CodeExecutionError
from ._session import AsyncSession, Session
from ._problems import AsyncBlobs, AsyncProblems, Blobs, Problems
from ._types import (
    Event,
    Execution,
    KeptProblem,
    Message,
    PackageReport,
    ProblemSummary,
    Result,
    SubmissionReport,
    TestCase,
    TestResult,
)
from ._webhook import verify_webhook

__all__ = [
    "AsyncBlobs",
    "AsyncClient",
    "AsyncProblems",
    "AsyncSession",
    "Blobs",
    "Client",
    "CodeExecutionError",
    "Event",
    "Execution",
    "KeptProblem",
    "Message",
    "PackageReport",
    "ProblemSummary",
    "Problems",
    "Result",
    "Session",
    "SubmissionReport",
    "TestCase",
    "TestResult",
    "verify_webhook",
]
