"""The client of a Code Execution Service: runs programs, and follows those that outlive their request."""

from ._async_client import AsyncClient
from ._client import Client
from ._errors import CodeExecutionError
from ._types import Event, Execution, Result, TestCase, TestResult
from ._webhook import verify_webhook

__all__ = [
    "AsyncClient",
    "Client",
    "CodeExecutionError",
    "Event",
    "Execution",
    "Result",
    "TestCase",
    "TestResult",
    "verify_webhook",
]
