"""Refusals as Stripe words them: a status and the `error` envelope."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 200, in Stripe's envelope."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", **details: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = {name: value for name, value in details.items() if value is not None}
        self.kind = kind

    def envelope(self) -> dict[str, Any]:
        """This function will return the body of the answer."""
        return {"error": {"message": self.message, "type": self.kind, **self.details}}


def no_such(kind: str, identity: str, *, param: str = "id") -> ApiError:
    """This function will return the 404 for an object that does not exist."""
    word = kind.rpartition(".")[2] if kind != "checkout.session" else "checkout.session"
    return ApiError(404, f"No such {word}: '{identity}'", code="resource_missing", param=param)


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """This function will return a 400."""
    return ApiError(400, message, param=param, code=code)
