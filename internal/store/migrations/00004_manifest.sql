-- +goose Up
-- Subsystems that were declared at run time, and when they were retired: what they measured stays.
CREATE TABLE manifest (
    subsystem   text PRIMARY KEY,
    document    bytea NOT NULL,
    declared_at timestamptz NOT NULL,
    retired_at  timestamptz
);

-- +goose Down
DROP TABLE manifest;
