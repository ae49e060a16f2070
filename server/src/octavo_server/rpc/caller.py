"""Who calls: the tenant that a request's credential stands for."""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from typing import TYPE_CHECKING

from octavo_server.domain.errors import UnauthenticatedError
from octavo_server.domain.ids import TenantId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ANYONE = TenantId("default")
"""The tenant of all callers of a server without API keys."""

TENANT: ContextVar[TenantId] = ContextVar("tenant", default=ANYONE)
"""Whose call is being answered. Set by the interceptor, read by the servicers."""

_SCHEME = "bearer "


class ApiKeys:
    """Knows the tenants by the digests of their keys, so that looking one up takes the same time for any guess."""

    def __init__(self, tenants: Mapping[str, TenantId]) -> None:
        self._tenants = {_digest(key): tenant for key, tenant in tenants.items()}

    def tenant_of(self, metadata: Iterable[tuple[str, str | bytes]]) -> TenantId:
        """Whose key the call's `authorization: Bearer KEY` has. Raises UnauthenticatedError."""
        for name, value in metadata:
            if name == "authorization" and isinstance(value, str) and value.lower().startswith(_SCHEME):
                tenant = self._tenants.get(_digest(value[len(_SCHEME) :].strip()))
                if tenant is None:
                    raise UnauthenticatedError("this API key is not known here: check it, or ask the operator for one")
                return tenant
        raise UnauthenticatedError("this server asks for an API key: send metadata `authorization: Bearer KEY`")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
