-- +goose Up

-- Who asked for data not to be forgotten, and why. A hold is lifted, never deleted.
CREATE TABLE retention_hold (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key         text NOT NULL UNIQUE,         -- the client's: the same request twice is one hold
    classes     text[] NOT NULL CHECK (classes <> '{}'), -- {all}: every class, those of later versions too
    from_at     timestamptz NOT NULL,         -- the span of time that the data is about
    to_at       timestamptz,                  -- absent: without an end
    device      text NOT NULL,                -- empty: of any
    location    text NOT NULL,                -- empty: of any
    reason      text NOT NULL,
    placed_by   text NOT NULL,
    placed_at   timestamptz NOT NULL,
    lift_key    text UNIQUE,
    lift_reason text,
    lifted_by   text,
    lifted_at   timestamptz,
    CHECK (to_at > from_at),
    CHECK ((lifted_at IS NULL) = (lift_key IS NULL) AND (lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_reason IS NULL))
);

-- +goose StatementBegin
CREATE FUNCTION retention_hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a hold is lifted, not deleted';
END $$;
-- +goose StatementEnd
CREATE TRIGGER retention_hold_stays BEFORE DELETE OR TRUNCATE ON retention_hold
    FOR EACH STATEMENT EXECUTE FUNCTION retention_hold_stays();

-- What ended first is found, and forgotten, without reading all of it.
CREATE INDEX status_interval_ended ON status_interval (upper(during));

-- Roll-ups per hour, split by month (UTC).
ALTER TABLE reading_hour RENAME TO reading_hour_whole;
ALTER INDEX reading_hour_pkey RENAME TO reading_hour_whole_pkey;
CREATE TABLE reading_hour (
    bucket    timestamptz NOT NULL,
    series_id int NOT NULL,
    n         int NOT NULL,
    sum       float8[] NOT NULL,
    min       float8[] NOT NULL,
    max       float8[] NOT NULL,
    PRIMARY KEY (series_id, bucket)
) PARTITION BY RANGE (bucket);
CREATE TABLE reading_hour_default PARTITION OF reading_hour DEFAULT;

-- Quarantine, split by day (UTC). The time of an entry of the log never changes, so it may be part of
-- the key by which a message is stored once.
ALTER TABLE quarantine RENAME TO quarantine_whole;
ALTER INDEX quarantine_pkey RENAME TO quarantine_whole_pkey;
ALTER INDEX quarantine_partition_seq_ordinal_key RENAME TO quarantine_whole_partition_seq_ordinal_key;
ALTER INDEX quarantine_at RENAME TO quarantine_whole_at;
CREATE SEQUENCE quarantine_id;
CREATE TABLE quarantine (
    id          bigint NOT NULL DEFAULT nextval('quarantine_id'),
    at          timestamptz NOT NULL,
    partition   int NOT NULL,
    seq         bigint NOT NULL,
    ordinal     int NOT NULL,
    topic       text NOT NULL,
    sealed      bytea NOT NULL,
    shown       text NOT NULL,
    code        text NOT NULL,
    reason      text NOT NULL,
    subsystem   text NOT NULL,
    retained    boolean NOT NULL,
    replayed_at timestamptz,
    PRIMARY KEY (id, at),
    UNIQUE (partition, seq, ordinal, at)
) PARTITION BY RANGE (at);
CREATE TABLE quarantine_default PARTITION OF quarantine DEFAULT;

-- What is there moves into partitions of its own, except what is misdated by years.
-- +goose StatementBegin
DO $$
DECLARE
    start timestamptz;
BEGIN
    FOR start IN SELECT DISTINCT date_trunc('month', bucket, 'UTC') FROM reading_hour_whole
        WHERE bucket BETWEEN now() - interval '20 years' AND now() + interval '1 month'
    LOOP
        EXECUTE format('CREATE TABLE reading_hour_%s PARTITION OF reading_hour FOR VALUES FROM (%L) TO (%L)',
            to_char(start AT TIME ZONE 'UTC', 'YYYYMM'), start, (start AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
    END LOOP;
    FOR start IN SELECT DISTINCT date_trunc('day', at, 'UTC') FROM quarantine_whole
        WHERE at BETWEEN now() - interval '1 year' AND now() + interval '1 day'
    LOOP
        EXECUTE format('CREATE TABLE quarantine_%s PARTITION OF quarantine FOR VALUES FROM (%L) TO (%L)',
            to_char(start AT TIME ZONE 'UTC', 'YYYYMMDD'), start, start + interval '24 hours');
    END LOOP;
    PERFORM setval('quarantine_id', (SELECT max(id) FROM quarantine_whole)) FROM quarantine_whole LIMIT 1;
END $$;
-- +goose StatementEnd
INSERT INTO reading_hour SELECT * FROM reading_hour_whole;
INSERT INTO quarantine SELECT * FROM quarantine_whole;
DROP TABLE reading_hour_whole, quarantine_whole;
ALTER SEQUENCE quarantine_id OWNED BY quarantine.id;

-- +goose Down
CREATE TABLE reading_hour_whole AS TABLE reading_hour;
DROP TABLE reading_hour;
ALTER TABLE reading_hour_whole RENAME TO reading_hour;
ALTER TABLE reading_hour ADD PRIMARY KEY (series_id, bucket);

ALTER SEQUENCE quarantine_id OWNED BY NONE;
CREATE TABLE quarantine_whole AS TABLE quarantine;
DROP TABLE quarantine;
DROP SEQUENCE quarantine_id;
ALTER TABLE quarantine_whole RENAME TO quarantine;
ALTER TABLE quarantine ALTER id SET NOT NULL, ALTER id ADD GENERATED ALWAYS AS IDENTITY, ADD PRIMARY KEY (id),
    ADD UNIQUE (partition, seq, ordinal);
SELECT setval(pg_get_serial_sequence('quarantine', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM quarantine), false);
CREATE INDEX quarantine_at ON quarantine (at);

DROP INDEX status_interval_ended;
DROP TABLE retention_hold;
DROP FUNCTION retention_hold_stays();
