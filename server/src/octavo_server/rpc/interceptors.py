"""What every call has in common: an id, a tenant, errors from the table, refusal while the server stops."""

from __future__ import annotations

import os
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import grpc
import structlog

from octavo_server.domain.errors import OctavoError, UnavailableError
from octavo_server.rpc.caller import TENANT, ApiKeys
from octavo_server.rpc.errors import INTERNAL, to_wire

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CALL_ID_KEY = "octavo-call-id"
AUTH_KEY = "octavo-auth"
OPEN_SERVICES = ("/grpc.health.v1.Health/",)
"""Answered without a key and to the end: a load balancer has none, and must hear that the server stops."""

log = structlog.get_logger()


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Wraps each method's handler, once."""

    def __init__(self, *, api_keys: ApiKeys | None) -> None:
        self._api_keys = api_keys
        self._auth = "none" if api_keys is None else "api-key"
        self._handlers: dict[str, grpc.RpcMethodHandler[Any, Any] | None] = {}
        self._is_stopping = False

    def stop(self) -> None:
        """Refuse new calls from now on."""
        self._is_stopping = True

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """The method's handler, wrapped. Called by gRPC for each call, so wrapped handlers are kept."""
        method = handler_call_details.method
        if method in self._handlers:
            return self._handlers[method]
        handler = await continuation(handler_call_details)
        if handler is None:
            # Not kept: a caller could fill the memory with names of methods that don't exist.
            return None
        if not method.startswith(OPEN_SERVICES):
            handler = self._wrapped(handler)
        self._handlers[method] = handler
        return handler

    def _wrapped(self, handler: grpc.RpcMethodHandler[Any, Any]) -> grpc.RpcMethodHandler[Any, Any]:
        coders = (handler.request_deserializer, handler.response_serializer)
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(self._unary(handler.unary_unary), *coders)
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(self._streaming(handler.unary_stream), *coders)
        if handler.stream_unary:
            return grpc.stream_unary_rpc_method_handler(self._unary(handler.stream_unary), *coders)
        return grpc.stream_stream_rpc_method_handler(self._streaming(handler.stream_stream), *coders)

    def _unary(self, behaviour: Any) -> Any:
        async def unary(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            call_id = os.urandom(8).hex()
            try:
                self._admit(context, call_id)
                return await behaviour(request, context)
            except Exception as error:  # noqa: BLE001  # the last stop before gRPC: all of them are told or logged
                await self._abort(context, call_id, error)

        return unary

    def _streaming(self, behaviour: Any) -> Any:
        # A coroutine that writes, not one more generator around the servicer's: each message would pass through both.
        async def streaming(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            call_id = os.urandom(8).hex()
            try:
                self._admit(context, call_id)
                async with aclosing(behaviour(request, context)) as responses:
                    async for response in responses:
                        await context.write(response)
            except Exception as error:  # noqa: BLE001  # the last stop before gRPC: all of them are told or logged
                await self._abort(context, call_id, error)

        return streaming

    def _admit(self, context: grpc.aio.ServicerContext[Any, Any], call_id: str) -> None:
        context.set_trailing_metadata(((CALL_ID_KEY, call_id), (AUTH_KEY, self._auth)))
        if self._is_stopping:
            raise UnavailableError("this server is stopping: try again, here or elsewhere")
        if self._api_keys is not None:
            TENANT.set(self._api_keys.tenant_of(context.invocation_metadata() or ()))

    async def _abort(self, context: grpc.aio.ServicerContext[Any, Any], call_id: str, error: Exception) -> None:
        if isinstance(error, grpc.aio.AbortError):
            # A servicer of a library (reflection) ended the call itself.
            raise error
        common = ((CALL_ID_KEY, call_id), (AUTH_KEY, self._auth))
        if isinstance(error, OctavoError):
            wire = to_wire(error)
            await context.abort(wire.code, wire.message, (*wire.trailing_metadata, *common))
        log.error("call failed", call_id=call_id, exc_info=error)
        await context.abort(grpc.StatusCode.INTERNAL, INTERNAL.message, (*INTERNAL.trailing_metadata, *common))
