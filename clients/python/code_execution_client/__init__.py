"""The client of a Code Execution Service: runs programs, and follows those that outlive their request."""

from ._async_client import AsyncClient
from ._client import Client
from ._errors import CodeExecutionError
from ._session import AsyncSession, Session
from ._types import Event, Execution, Message, Result, TestCase, TestResult
from ._webhook import verify_webhook

__all__ = [
    "AsyncClient",
    "AsyncSession",
    "Client",
    "CodeExecutionError",
    "Event",
    "Execution",
    "Message",
    "Result",
    "Session",
    "TestCase",
    "TestResult",
    "verify_webhook",
]
