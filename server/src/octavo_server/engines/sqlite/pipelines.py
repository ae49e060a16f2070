"""Reads and writes pipelines. Everything here runs on the owned thread."""

import json
from collections.abc import Sequence

from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import Instant, PipelineName, TenantId
from octavo_server.domain.limits import PIPELINES_MAX
from octavo_server.domain.pipelines import Pipeline
from octavo_server.engines import refusals
from octavo_server.engines.sqlite.statements import SQL
from octavo_server.engines.sqlite.tables import Tables


def put(tables: Tables, pipeline: Pipeline) -> Pipeline:
    """What is on record then. Raises AlreadyExistsError, QuotaExceededError."""
    row = tables.one(SQL["pipeline"], pipeline.tenant, pipeline.name)
    if row:
        recorded = _pipeline(pipeline.tenant, pipeline.name, *row)
        if recorded.chain == pipeline.chain:
            return recorded
        if tables.one(SQL["has_jobs"], pipeline.tenant, pipeline.name):
            raise refusals.pipeline_taken(recorded)
    elif tables.one(SQL["pipeline_after"], pipeline.tenant, PIPELINES_MAX - 1):
        raise refusals.pipelines_full()
    chain = json.dumps(pipeline.chain)
    tables.execute(SQL["put_pipeline"], pipeline.tenant, pipeline.name, chain, pipeline.create_time)
    tables.chain_changed(pipeline.tenant, pipeline.name)
    return pipeline


def get(tables: Tables, tenant: TenantId, name: PipelineName) -> Pipeline:
    """Raises NotFoundError."""
    row = tables.one(SQL["pipeline"], tenant, name)
    if row is None:
        raise NotFoundError("pipeline", name)
    return _pipeline(tenant, name, *row)


def delete(tables: Tables, tenant: TenantId, name: PipelineName) -> None:
    """Raises NotFoundError, FailedPreconditionError."""
    get(tables, tenant, name)
    if tables.one(SQL["has_jobs"], tenant, name):
        raise refusals.pipeline_not_empty(name)
    tables.execute(SQL["delete_pipeline"], tenant, name)
    tables.chain_changed(tenant, name)


def listed(tables: Tables, tenant: TenantId, after: str, pipelines_max: int) -> Sequence[Pipeline]:
    """By name, at most so many after a name."""
    return [_pipeline(tenant, *row) for row in tables.all(SQL["pipelines"], tenant, after, pipelines_max)]


def _pipeline(tenant: TenantId, name: PipelineName, chain: str, create_time: float) -> Pipeline:
    return Pipeline(tenant=tenant, name=name, chain=tuple(json.loads(chain)), create_time=Instant(create_time))
