-- Statements on search indexes, by name (docs/decisions/0013). Parts of job n are n << 16 to (n << 16) + 65535.

-- name: indexed_job
SELECT jobs.number, pipelines.number
FROM jobs JOIN pipelines ON pipelines.tenant = jobs.tenant AND pipelines.name = jobs.pipeline
WHERE request_id = ?

-- name: last_keyword_part
SELECT max(part) FROM keyword_parts WHERE part BETWEEN ?1 << 16 AND (?1 << 16) + 65535

-- name: leave_keyword_parts
-- Those of the jobs in the list.
UPDATE keyword_parts SET is_left = 1
WHERE part IN (
    SELECT part FROM json_each(?) AS job
    CROSS JOIN keyword_parts ON part BETWEEN job.value << 16 AND (job.value << 16) + 65535
) AND is_left = 0

-- name: add_keyword_part
INSERT INTO keyword_parts (part, pipeline) VALUES (?, ?)

-- name: add_keyword_entries
INSERT INTO keyword_entries (part, lemma, place_count, place_bytes, places) VALUES {rows}

-- name: add_keywords
INSERT INTO keywords (rowid, lemmas) VALUES (?, ?)

-- name: left_keyword_parts
SELECT part, pipeline FROM keyword_parts WHERE is_left = 1 ORDER BY part LIMIT ?

-- name: keyword_lemmas
SELECT coalesce(group_concat(lemma, ' '), '') FROM keyword_entries WHERE part = ?

-- name: delete_keywords
-- By the words it was given: the table keeps no text to look them up in.
INSERT INTO keywords (keywords, rowid, lemmas) VALUES ('delete', ?, ?)

-- name: delete_keyword_entries
DELETE FROM keyword_entries WHERE part = ?

-- name: delete_keyword_part
DELETE FROM keyword_parts WHERE part = ?

-- name: merge_keywords
-- So many pages, or fewer; a negative number begins a merge of all segments.
INSERT INTO keywords (keywords, rank) VALUES ('merge', ?)

-- name: keyword_merge
SELECT state FROM keyword_merges

-- name: set_keyword_merge
UPDATE keyword_merges SET state = ?1 WHERE state <> ?1
