-- Jobs, their small contents, which blobs they refer to, and what was removed.

CREATE TABLE pipelines (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    chain TEXT NOT NULL CHECK (json_array_length(chain) > 0),
    create_time REAL NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    -- The revision of its acceptance: grows, so that new rows lie side by side, and is never given out again.
    number INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE CHECK (revision >= number),
    request_id TEXT NOT NULL UNIQUE,
    file_id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    path TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    priority INTEGER NOT NULL,
    expire_time REAL NOT NULL,
    is_final INTEGER NOT NULL CHECK (is_final IN (0, 1)),
    -- The whole job as JSON, except for its revision. The columns repeat what has to be found.
    body TEXT NOT NULL,
    UNIQUE (tenant, pipeline, path),
    FOREIGN KEY (tenant, pipeline) REFERENCES pipelines (tenant, name)
) STRICT;

CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (tenant, pipeline, idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX jobs_by_expire_time ON jobs (expire_time);
CREATE INDEX jobs_unfinished ON jobs (number) WHERE is_final = 0;

-- Slot -1 is the document; 0 and up are the outputs of the modules.
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
    slot INTEGER NOT NULL CHECK (slot >= -1),
    data BLOB NOT NULL,
    UNIQUE (job, slot)
) STRICT;

CREATE TABLE blobs (
    blob_key TEXT NOT NULL PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX blobs_by_job ON blobs (job);

-- Replayed to watchers that were away. The newest row stays: with the jobs' it tells the last revision given out.
CREATE TABLE removed (
    revision INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    remove_time REAL NOT NULL
) STRICT;

CREATE INDEX removed_by_remove_time ON removed (remove_time);
