"""The names of things, as distinct types, so that one can't stand where another belongs."""

from typing import NewType

TenantId = NewType("TenantId", str)
"""The owner that a credential stands for. Tenants never see each other."""

PipelineName = NewType("PipelineName", str)
RequestId = NewType("RequestId", str)
"""A job's id: a UUID in lower-case hex with hyphens."""

FileId = NewType("FileId", str)
UploadId = NewType("UploadId", str)
BlobKey = NewType("BlobKey", str)
"""Where a large content is kept: a UUID without hyphens."""

Revision = NewType("Revision", int)
"""The number of a durable change. An engine gives out each number once, growing; 0 is before all changes."""

UNRECORDED = Revision(0)
"""What a job carries that no engine has recorded."""

Instant = NewType("Instant", float)
"""A point in time: seconds since 1970-01-01 UTC."""
