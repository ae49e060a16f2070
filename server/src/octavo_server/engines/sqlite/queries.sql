-- Statements on jobs and pipelines, by name: all that change, and what reads a few. {rows} is replaced by as many rows of placeholders as are written.

-- name: begin
BEGIN

-- name: commit
COMMIT

-- name: rollback
ROLLBACK

-- name: last_revision
SELECT max(coalesce((SELECT max(revision) FROM jobs), 0), coalesce((SELECT max(revision) FROM removed), 0))

-- name: unfinished_count
SELECT count(*) FROM jobs WHERE is_final = 0

-- name: unfinished
SELECT request_id, priority, place FROM jobs WHERE is_final = 0 ORDER BY number

-- name: add_jobs
INSERT INTO jobs
    (number, revision, place, request_id, file_id, tenant, pipeline, path, idempotency_key, priority, expire_time,
     is_final, body, state, directory, name, create_time, file_time)
VALUES {rows}
ON CONFLICT DO NOTHING

-- name: add_tags
INSERT INTO tags (job, key, value, tenant, pipeline) VALUES {rows}

-- name: forget_tags
DELETE FROM tags WHERE job = ?

-- name: added_since
SELECT number FROM jobs WHERE number >= ?

-- name: add_contents
INSERT INTO contents (job, slot, data) VALUES {rows}
ON CONFLICT (job, slot) DO UPDATE SET data = excluded.data

-- name: add_blob
INSERT INTO blobs (blob_key, job) VALUES (?, ?) ON CONFLICT DO NOTHING

-- name: job
SELECT body, revision FROM jobs WHERE request_id = ?

-- name: job_by_file
SELECT body, revision FROM jobs WHERE file_id = ?

-- name: job_by_idempotency_key
SELECT body, revision FROM jobs
WHERE tenant = ? AND pipeline = ? AND idempotency_key = ? AND idempotency_key <> '' AND expire_time > ?

-- name: has_path
SELECT 1 FROM jobs WHERE tenant = ? AND pipeline = ? AND path = ? AND expire_time > ?

-- name: has_id
SELECT 1 FROM jobs WHERE request_id = ? UNION ALL SELECT 1 FROM jobs WHERE file_id = ?

-- name: expired_rivals
-- Those with a path or an idempotency key.
SELECT number, request_id, is_final, tenant, pipeline FROM jobs
WHERE tenant = ?1 AND pipeline = ?2 AND path = ?3 AND expire_time <= ?5
UNION
SELECT number, request_id, is_final, tenant, pipeline FROM jobs
WHERE tenant = ?1 AND pipeline = ?2 AND idempotency_key = ?4 AND idempotency_key <> '' AND expire_time <= ?5

-- name: at_revision
SELECT number, is_final FROM jobs WHERE request_id = ? AND revision = ?

-- name: update_job
-- The other columns never change but by refile_job.
UPDATE jobs SET revision = ?1, place = ?1, priority = ?2, is_final = ?3, state = ?4, body = ?5 WHERE number = ?6

-- name: refile_job
UPDATE jobs SET revision = ?, path = ?, directory = ?, name = ?, file_time = ?, expire_time = ?, body = ?
WHERE number = ?

-- name: has_other_with_path
SELECT 1 FROM jobs WHERE tenant = ? AND pipeline = ? AND path = ? AND expire_time > ? AND number <> ?

-- name: expired_with_path
SELECT number, request_id, is_final, tenant, pipeline FROM jobs
WHERE tenant = ? AND pipeline = ? AND path = ? AND expire_time <= ? AND number <> ?

-- name: content
SELECT data FROM contents JOIN jobs ON jobs.number = contents.job WHERE request_id = ? AND slot = ?

-- name: changed_after
SELECT revision, body FROM jobs WHERE revision > ? ORDER BY revision LIMIT ?

-- name: removed_after
SELECT revision, request_id, tenant, pipeline FROM removed WHERE revision > ? ORDER BY revision LIMIT ?

-- name: of_tenant
SELECT number, request_id, is_final, tenant, pipeline FROM jobs
WHERE request_id IN (SELECT value FROM json_each(?)) AND tenant = ? ORDER BY number

-- name: expired
SELECT number, request_id, is_final, tenant, pipeline FROM jobs WHERE expire_time <= ? ORDER BY expire_time, number LIMIT ?

-- name: blobs_of
SELECT blob_key FROM blobs WHERE job IN (SELECT value FROM json_each(?))

-- name: remove_jobs
DELETE FROM jobs WHERE number IN (SELECT value FROM json_each(?))

-- name: add_removed
-- Their revisions follow the given one in the order of the list.
INSERT INTO removed (revision, request_id, remove_time, tenant, pipeline)
SELECT ?1 + 1 + key, json_extract(value, '$[0]'), ?2, json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(?3)

-- name: forget_removed
-- The oldest, a few at a time.
DELETE FROM removed
WHERE revision IN (SELECT revision FROM removed WHERE revision <= ? ORDER BY revision LIMIT ?) AND remove_time < ?

-- name: jobs_of
SELECT request_id FROM jobs WHERE tenant = ? AND pipeline = ? LIMIT ?

-- name: known_blobs
SELECT blob_key FROM blobs WHERE blob_key IN (SELECT value FROM json_each(?))

-- name: pipeline
SELECT chain, create_time FROM pipelines WHERE tenant = ? AND name = ?

-- name: has_jobs
SELECT 1 FROM jobs WHERE tenant = ? AND pipeline = ? LIMIT 1

-- name: pipeline_after
-- Is there one behind so many others of its tenant?
SELECT 1 FROM pipelines WHERE tenant = ? LIMIT 1 OFFSET ?

-- name: put_pipeline
INSERT INTO pipelines (tenant, name, chain, create_time, number)
VALUES (?, ?, ?, ?, (SELECT coalesce(max(number), 0) + 1 FROM pipelines))
ON CONFLICT (tenant, name) DO UPDATE SET chain = excluded.chain, create_time = excluded.create_time

-- name: delete_pipeline
DELETE FROM pipelines WHERE tenant = ? AND name = ?

-- name: pipelines
SELECT name, chain, create_time FROM pipelines WHERE tenant = ? AND name > ? ORDER BY name LIMIT ?
