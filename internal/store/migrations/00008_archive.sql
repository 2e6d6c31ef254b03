-- +goose Up
-- What the log said, kept after the log has let go of it, and saved states to begin from: the picture of
-- a past moment is made from these. Partitions are made ahead, one a day (UTC), by the log's own time,
-- which never runs backwards; data is compressed before it is sent.
CREATE TABLE archive (
    at        timestamptz NOT NULL, -- the log's time at the end of the segment
    partition int NOT NULL,         -- of the log
    after     bigint NOT NULL,      -- the sequence that the segment goes on from
    seq       bigint NOT NULL,      -- its last sequence
    entries   int NOT NULL,
    data      bytea NOT NULL,
    keyframe  bytea,                -- the state after it, of some segments
    PRIMARY KEY (partition, at, seq)
) PARTITION BY RANGE (at);
ALTER TABLE archive ALTER COLUMN data SET STORAGE EXTERNAL, ALTER COLUMN keyframe SET STORAGE EXTERNAL;
CREATE INDEX archive_keyframe ON archive (partition, at, seq) WHERE keyframe IS NOT NULL;
CREATE TABLE archive_default PARTITION OF archive DEFAULT;

-- Every revision of the inventory, and from when on it was in force: the first instant of year 1, Go's
-- zero time, is since ever.
CREATE TABLE inventory_history (
    revision bigint PRIMARY KEY,
    at       timestamptz NOT NULL,
    data     bytea NOT NULL
);
ALTER TABLE inventory_history ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX inventory_history_at ON inventory_history (at);

-- +goose Down
DROP TABLE inventory_history, archive;
