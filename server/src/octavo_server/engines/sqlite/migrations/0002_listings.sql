-- What callers list, draw and search by; and whose a removed job was.

ALTER TABLE jobs ADD COLUMN state TEXT NOT NULL DEFAULT 'pending';
ALTER TABLE jobs ADD COLUMN directory TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN create_time REAL NOT NULL DEFAULT 0;
-- When the file's metadata was last changed; until then, when it was created.
ALTER TABLE jobs ADD COLUMN file_time REAL NOT NULL DEFAULT 0;
-- Its revision, but for changes of metadata: the place of an unfinished job in the queue.
ALTER TABLE jobs ADD COLUMN place INTEGER NOT NULL DEFAULT 0;

UPDATE jobs SET
    state = json_extract(body, '$.state'),
    directory = json_extract(body, '$.file.directory'),
    name = json_extract(body, '$.file.name'),
    create_time = json_extract(body, '$.create_time'),
    file_time = coalesce(json_extract(body, '$.file.update_time'), json_extract(body, '$.create_time')),
    place = revision;

-- Has all that a listing compares, so that it reads no job it does not show.
CREATE INDEX jobs_in_order
    ON jobs (tenant, pipeline, number, state, create_time, file_time, expire_time, name, directory);
CREATE INDEX jobs_by_directory ON jobs (tenant, pipeline, directory, name);
CREATE INDEX jobs_by_name ON jobs (tenant, pipeline, name);
CREATE INDEX jobs_by_state ON jobs (tenant, state, number, pipeline);
CREATE INDEX jobs_by_change ON jobs (tenant, pipeline, revision);

CREATE TABLE tags (
    job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    tenant TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    PRIMARY KEY (job, key, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_by_tag ON tags (tenant, pipeline, key, value, job);

INSERT INTO tags (job, key, value, tenant, pipeline)
SELECT number, json_extract(tag.value, '$[0]'), json_extract(tag.value, '$[1]'), tenant, pipeline
FROM jobs, json_each(body, '$.file.tags') AS tag;

-- Removals from before this step are nobody's: only the feed of all tenants tells them.
ALTER TABLE removed ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE removed ADD COLUMN pipeline TEXT NOT NULL DEFAULT '';
DROP INDEX removed_by_remove_time;
CREATE INDEX removed_by_pipeline ON removed (tenant, pipeline, revision);

-- A small number for a pipeline, to tell its words from another's.
ALTER TABLE pipelines ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE pipelines SET number = numbered.number
FROM (SELECT tenant, name, row_number() OVER (ORDER BY tenant, name) AS number FROM pipelines) AS numbered
WHERE pipelines.tenant = numbered.tenant AND pipelines.name = numbered.name;
CREATE UNIQUE INDEX pipelines_by_number ON pipelines (number);

-- Search indexes: docs/decisions/0013. A part is some of the lemmas of a job: job << 16, and the part's own number.
CREATE TABLE keyword_parts (
    part INTEGER PRIMARY KEY,
    pipeline INTEGER NOT NULL,
    -- Its job was removed, or made its index anew.
    is_left INTEGER NOT NULL DEFAULT 0 CHECK (is_left IN (0, 1))
) STRICT;

CREATE INDEX keyword_parts_left ON keyword_parts (part) WHERE is_left = 1;

-- With rowids: in a tree of keys SQLite would read all places of each entry that it compares, to find one.
CREATE TABLE keyword_entries (
    part INTEGER NOT NULL,
    lemma TEXT NOT NULL,
    place_count INTEGER NOT NULL,
    place_bytes INTEGER NOT NULL,
    places TEXT NOT NULL,
    PRIMARY KEY (part, lemma)
) STRICT;

-- Finds parts by lemma; a word is the pipeline's number, _, and the lemma. Keeps no text of its own.
CREATE VIRTUAL TABLE keywords USING fts5 (
    lemmas, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '.,_'"
);
