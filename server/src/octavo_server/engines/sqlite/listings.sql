-- Statements that read for listings, by name. Each answers with one row, in which JSON holds the many: a row more is one
-- more time that Python has to win its interpreter back. INDEXED BY: a listing that took another way would be slow at
-- once with many jobs, and wrong never; so let it fail instead.
-- What stands in braces is put in from constants of walks.py, terms.py and conditions.py; no caller's text ever is.

-- name: walk_bound
-- The last of the rows that may be looked at.
SELECT {key} FROM jobs INDEXED BY {index} WHERE {range} AND {after} ORDER BY {key} {order} LIMIT 1 OFFSET :rows - 1

-- name: walk
SELECT json_group_array({shown}) FROM (
    SELECT {columns} FROM jobs INDEXED BY {index}
    WHERE {range} AND {after} AND {until} AND {fits}
    ORDER BY {key} {order} LIMIT :wanted
)

-- name: candidates
SELECT json_group_array(candidate) FROM (
    SELECT {number} AS candidate FROM json_each(:sought) AS sought CROSS JOIN {source} WHERE {range} LIMIT :most
)

-- name: unmet
-- Which of the terms fit none of the first :most jobs that they lead to, and lead to no more.
SELECT json_group_array(sought.key) FROM json_each(:sought) AS sought
WHERE NOT EXISTS (
    SELECT 1 FROM (SELECT {number} AS candidate FROM {source} WHERE {range} LIMIT :most)
    CROSS JOIN jobs INDEXED BY jobs_in_order
    ON jobs.tenant = :tenant AND jobs.pipeline = :pipeline AND jobs.number = candidate
    WHERE expire_time > :now AND {fits} AND {compared}
) AND NOT EXISTS (SELECT 1 FROM {source} WHERE {range} LIMIT 1 OFFSET :most - 1)

-- name: fitting
-- Those of the numbers that are listed.
SELECT json_group_array(number) FROM (
    SELECT number FROM json_each(:numbers) AS candidate CROSS JOIN jobs INDEXED BY jobs_in_order
    ON tenant = :tenant AND pipeline = :pipeline AND number = candidate.value
    WHERE expire_time > :now AND {fits}
    ORDER BY candidate.key LIMIT :wanted
)

-- name: bodies
-- No text of a job has a line feed in it.
SELECT json_group_array(number), json_group_array(revision), group_concat(body, char(10)) FROM (
    SELECT number, revision, body FROM json_each(:numbers) AS wanted CROSS JOIN jobs ON number = wanted.value
    ORDER BY wanted.key
)

-- name: changes_in
SELECT json_group_array(revision), group_concat(body, char(10)) FROM (
    SELECT revision, body FROM jobs INDEXED BY jobs_by_change
    WHERE tenant = :tenant AND pipeline = :pipeline AND revision > :after ORDER BY revision LIMIT :most
)

-- name: removed_in
SELECT json_group_array(json_array(revision, request_id, tenant, pipeline)) FROM (
    SELECT * FROM removed INDEXED BY removed_by_pipeline
    WHERE tenant = :tenant AND pipeline = :pipeline AND revision > :after ORDER BY revision LIMIT :most
)

-- name: pipeline_number
SELECT number FROM pipelines WHERE tenant = :tenant AND name = :pipeline

-- name: parts_with
SELECT json_group_array(rowid) FROM (
    SELECT rowid FROM keywords WHERE keywords MATCH :words AND {after} ORDER BY rowid {order} LIMIT :most
)

-- name: entry_sizes
-- What these jobs have of the lemmas: number, how many entries, bytes of their places.
SELECT json_group_array(json_array(number, entries, bytes)) FROM (
    SELECT job.value AS number, count(*) AS entries, sum(place_bytes) AS bytes FROM json_each(:numbers) AS job
    CROSS JOIN keyword_parts ON keyword_parts.part BETWEEN job.value << 16 AND (job.value << 16) + 65535
        AND is_left = 0
    CROSS JOIN json_each(:lemmas) AS sought
    CROSS JOIN keyword_entries ON keyword_entries.part = keyword_parts.part AND lemma = sought.value
    GROUP BY job.key ORDER BY job.key
)

-- name: entries
-- What these jobs have of the lemmas: number, lemma, the first so many bytes of the places, how many there are.
SELECT json_group_array(json_array(part >> 16, lemma, substr(places, 1, :bytes), place_count)) FROM (
    SELECT keyword_parts.part AS part, lemma, places, place_count FROM json_each(:numbers) AS job
    CROSS JOIN keyword_parts ON keyword_parts.part BETWEEN job.value << 16 AND (job.value << 16) + 65535
        AND is_left = 0
    CROSS JOIN json_each(:lemmas) AS sought
    CROSS JOIN keyword_entries ON keyword_entries.part = keyword_parts.part AND lemma = sought.value
    ORDER BY job.key, sought.key
)

-- name: jobs_with_entries
-- Those of the jobs that have any of the lemmas.
SELECT json_group_array(value) FROM (
    SELECT value FROM json_each(:numbers) AS job WHERE EXISTS (
        SELECT 1 FROM keyword_parts
        CROSS JOIN json_each(:lemmas) AS sought
        CROSS JOIN keyword_entries ON keyword_entries.part = keyword_parts.part AND lemma = sought.value
        WHERE keyword_parts.part BETWEEN job.value << 16 AND (job.value << 16) + 65535 AND is_left = 0
    ) ORDER BY key LIMIT :wanted
)

-- Conditions, for {fits}; {values} is json_each of a placeholder.

-- name: fits_ids
number IN (SELECT other.number FROM {values} CROSS JOIN jobs AS other ON other.file_id = value)

-- name: fits_texts
{column} IN (SELECT value FROM {values})

-- name: fits_paths
rtrim(directory, '/') || '/' || name IN (SELECT value FROM {values})

-- name: fits_tags
EXISTS (
    SELECT 1 FROM tags WHERE job = number AND (
        tags.key || '=' || tags.value IN (SELECT value FROM {pairs}) OR tags.key IN (SELECT value FROM {keys})
    )
)

-- name: fits_in_order
-- The same of a job that another index led to, without reading the job.
EXISTS (
    SELECT 1 FROM jobs AS known INDEXED BY jobs_in_order
    WHERE known.tenant = :tenant AND known.pipeline = :pipeline AND known.number = jobs.number AND {fits}
)
