-- +goose Up

-- Reports that are made apart from the request that asked for them, or by a schedule.
CREATE TABLE report_job (
    id          text PRIMARY KEY, -- UUID version 7: in the order of creation
    client_key  text UNIQUE,      -- the same key again is the same job; null: none
    report      text NOT NULL,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    parameters  jsonb NOT NULL,
    format      text NOT NULL,
    lang        text NOT NULL,
    schedule    text NOT NULL,    -- empty: somebody asked for it
    period      text NOT NULL,    -- of the schedule

    state       text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    progress    float8 NOT NULL DEFAULT 0, -- from 0 to 1
    doing_vi    text NOT NULL DEFAULT '',
    doing_en    text NOT NULL DEFAULT '',
    error       text NOT NULL DEFAULT '',
    attempts    int NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL, -- not run before
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    finished_at timestamptz,

    content_type text NOT NULL DEFAULT '',
    file_name    text NOT NULL DEFAULT '',
    result       bytea,
    size         bigint NOT NULL DEFAULT 0, -- of the result, in bytes

    recipients        text[] NOT NULL,
    delivery          text NOT NULL CHECK (delivery IN ('none', 'waiting', 'sent', 'failed')),
    delivery_attempts int NOT NULL DEFAULT 0,
    delivery_error    text NOT NULL DEFAULT '',
    delivery_at       timestamptz -- of the next attempt; once sent, or given up, of the last
);
-- Formats that are large are compressed already, and the others are read whole.
ALTER TABLE report_job ALTER COLUMN result SET STORAGE EXTERNAL;
CREATE INDEX report_job_due ON report_job (due_at, id) WHERE state = 'queued';
CREATE INDEX report_job_delivery ON report_job (delivery_at) WHERE delivery = 'waiting';
CREATE INDEX report_job_finished ON report_job (finished_at);

-- The periods that a schedule has made a job for. They stay when the job is removed.
CREATE TABLE report_run (
    schedule text NOT NULL,
    period   text NOT NULL,
    job      text NOT NULL, -- empty: the period was over when the schedule was first seen
    made_at  timestamptz NOT NULL,
    PRIMARY KEY (schedule, period)
);

-- When the log of a partition had no entry, not even a mark of time, for longer than it should: the
-- center was blind. There are few, and they are kept.
CREATE TABLE center_gap (
    partition int NOT NULL,
    from_at   timestamptz NOT NULL,
    to_at     timestamptz NOT NULL,
    PRIMARY KEY (partition, from_at)
);
CREATE INDEX center_gap_to ON center_gap (to_at);

-- Reports count by when things happened, everything else goes by when they were received.
CREATE INDEX violation_observed ON violation (observed_at);
CREATE INDEX event_began ON event ((coalesce(started_at, changed_at)));

-- +goose Down
DROP INDEX event_began, violation_observed;
DROP TABLE center_gap, report_run, report_job;
