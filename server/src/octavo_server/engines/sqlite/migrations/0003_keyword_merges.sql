-- Words of removed jobs stay in FTS5's segments until these are merged into one: docs/decisions/0013.

-- 0: no words of removed jobs are there; 1: there may be; 2: a merge of all segments is under way.
CREATE TABLE keyword_merges (
    state INTEGER NOT NULL CHECK (state IN (0, 1, 2))
) STRICT;

INSERT INTO keyword_merges (state) VALUES (0);

-- Else a merge would end before it is through if little was added meanwhile.
INSERT INTO keywords (keywords, rank) VALUES ('usermerge', 2);
