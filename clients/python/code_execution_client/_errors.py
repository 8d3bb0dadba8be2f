"""The one error of the client: what the service rejected, and what did not reach it."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import httpx


class CodeExecutionError(Exception):
    """A program that fails is a result, not an error.

    ``code`` is one of the service's codes, or ``connection_failed``, ``timeout`` or ``invalid_answer``.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: Optional[int] = None,
        problem: Optional[Dict[str, Any]] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        problem = problem or {}
        self.code = code
        self.status = status
        self.request_id: Optional[str] = problem.get("request_id")
        self.errors: List[Dict[str, str]] = problem.get("errors", [])
        self.findings: List[Dict[str, Any]] = problem.get("findings", [])
        self.retry_after = retry_after


def error_in(problem: Dict[str, Any]) -> CodeExecutionError:
    """The error in a message of the service."""
    return CodeExecutionError(problem["code"], problem["detail"], problem=problem)


def error_of(answer: httpx.Response) -> CodeExecutionError:
    """The error in an answer that is none of success; its body must have been read."""
    header = answer.headers.get("retry-after", "")
    retry_after = float(header) if header.isdigit() else None
    try:
        problem = answer.json()
        code, detail = problem["code"], problem["detail"]
    except (ValueError, KeyError, TypeError):
        code = {429: "rate_limited", 503: "unavailable"}.get(answer.status_code, "invalid_answer")
        problem, detail = None, f"The service answered with status {answer.status_code}"
    return CodeExecutionError(code, detail, status=answer.status_code, problem=problem, retry_after=retry_after)
