-- +goose Up

-- Every figure that was told: each revision of a period, and each value that a revision had in the
-- course of the day. What counts of a period is its highest revision, and of that the latest.
CREATE TABLE indicator (
    subsystem   text NOT NULL,
    code        text NOT NULL,
    scope       text NOT NULL, -- empty: the whole
    period      text NOT NULL, -- 2026-11-23, 2026-W47, 2026-11, 2026-Q4, 2026
    begins      date NOT NULL, -- the first day of the period
    revision    int NOT NULL,
    observed_at timestamptz NOT NULL,
    value       float8 NOT NULL,
    numerator   float8,
    denominator float8,
    device      text NOT NULL,
    location    text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (subsystem, code, scope, period, revision, observed_at)
);
CREATE INDEX indicator_period ON indicator (subsystem, code, begins, period, scope, revision DESC, observed_at DESC);
CREATE INDEX indicator_received ON indicator (received_at);

ALTER TABLE event ADD COLUMN due_at timestamptz;

-- +goose Down
ALTER TABLE event DROP COLUMN due_at;
DROP TABLE indicator;
