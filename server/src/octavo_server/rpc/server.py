"""The gRPC server: services, health, reflection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection

from octavo.v1 import file_service_pb2, pipeline_service_pb2, processing_service_pb2, search_service_pb2
from octavo.v1.file_service_pb2_grpc import add_FileServiceServicer_to_server
from octavo.v1.pipeline_service_pb2_grpc import add_PipelineServiceServicer_to_server
from octavo.v1.processing_service_pb2_grpc import add_ProcessingServiceServicer_to_server
from octavo.v1.search_service_pb2_grpc import add_SearchServiceServicer_to_server
from octavo_server.rpc.interceptors import CallInterceptor

if TYPE_CHECKING:
    from octavo_server.rpc.caller import ApiKeys
    from octavo_server.rpc.files import FileServicer
    from octavo_server.rpc.pipelines import PipelineServicer
    from octavo_server.rpc.processing import ProcessingServicer
    from octavo_server.rpc.search import SearchServicer

MESSAGE_BYTES_MAX = 4 * 1024 * 1024
"""A Process call with 2 MiB of content, its metadata, and room."""

SERVICES = (
    processing_service_pb2.DESCRIPTOR.services_by_name["ProcessingService"].full_name,
    file_service_pb2.DESCRIPTOR.services_by_name["FileService"].full_name,
    pipeline_service_pb2.DESCRIPTOR.services_by_name["PipelineService"].full_name,
    search_service_pb2.DESCRIPTOR.services_by_name["SearchService"].full_name,
)

OPTIONS = (
    # A second server on the same port must fail, not share it.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
    # Clients may ping idle watches this often (the SDK does every 20 s); gRPC's default calls that abuse.
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # A watcher whose machine vanished is noticed within a minute and a half.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
)


class AddressError(Exception):
    """The server can't listen there."""


class RpcServer:
    """Speaks gRPC until stopped."""

    def __init__(
        self,
        *,
        processing: ProcessingServicer,
        files: FileServicer,
        pipelines: PipelineServicer,
        search: SearchServicer,
        api_keys: ApiKeys | None,
    ) -> None:
        self._interceptor = CallInterceptor(api_keys=api_keys)
        self._server = grpc.aio.server(interceptors=[self._interceptor], options=OPTIONS)
        self._health = health.HealthServicer()
        add_ProcessingServiceServicer_to_server(processing, self._server)
        add_FileServiceServicer_to_server(files, self._server)
        add_PipelineServiceServicer_to_server(pipelines, self._server)
        add_SearchServiceServicer_to_server(search, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((*SERVICES, HEALTH, reflection.SERVICE_NAME), self._server)

    def bind(self, host: str, port: int) -> int:
        """Take the port, a free one if `port` is 0, and return it. Raises AddressError."""
        try:
            return self._server.add_insecure_port(f"{f'[{host}]' if ':' in host else host}:{port}")
        except RuntimeError as error:
            raise AddressError(
                f"can't listen on {host}:{port}: the port is in use, or the address is not this machine's; "
                "choose another with --listen"
            ) from error

    async def start(self) -> None:
        """Serve on the bound port."""
        await self._server.start()
        await self._report(health_pb2.HealthCheckResponse.SERVING)

    async def refuse(self) -> None:
        """Tell health checks to look elsewhere, and refuse new calls. Calls that run go on."""
        await self._health.enter_graceful_shutdown()
        self._interceptor.stop()

    async def stop(self, grace_seconds: float) -> None:
        """Wait for open calls, at most so long, then end them."""
        await self._server.stop(grace_seconds)

    async def _report(self, serving: health_pb2.HealthCheckResponse.ServingStatus) -> None:
        for service in ("", *SERVICES):
            await self._health.set(service, serving)
