-- +goose Up

-- Alarms, each as it is after its last transition.
CREATE TABLE alarm (
    id              text PRIMARY KEY,
    key             text NOT NULL, -- what is wrong where: device/cam-017/link
    n               int NOT NULL,  -- transitions so far
    location        text NOT NULL,
    area            text NOT NULL,
    device          text NOT NULL,
    subsystem       text NOT NULL,
    contractor      text NOT NULL,
    severity        text NOT NULL,
    state           text NOT NULL,
    reason          text NOT NULL,
    acknowledged    boolean NOT NULL,
    hidden          boolean NOT NULL, -- shelved, suppressed or out of service
    raised_at       timestamptz NOT NULL,
    cleared_at      timestamptz,
    first_raised_at timestamptz NOT NULL,
    closed_at       timestamptz,     -- off the list: cleared and acknowledged
    changed_at      timestamptz NOT NULL,
    search          text NOT NULL,   -- what it is found by: id, key and titles, folded
    document        jsonb NOT NULL   -- the whole alarm, as city.Alarm
);
CREATE INDEX alarm_open ON alarm (raised_at DESC) WHERE closed_at IS NULL;
CREATE INDEX alarm_key ON alarm (key, raised_at DESC);
CREATE INDEX alarm_first_raised ON alarm (first_raised_at DESC, id DESC);
CREATE INDEX alarm_closed ON alarm (closed_at) WHERE closed_at IS NOT NULL;

-- Every transition of every alarm. Partitions are made ahead, one a month (UTC).
CREATE TABLE alarm_transition (
    alarm     text NOT NULL,
    n         int NOT NULL, -- from 1, without a gap
    at        timestamptz NOT NULL,
    what      text NOT NULL,
    key       text NOT NULL,
    location  text NOT NULL,
    severity  text NOT NULL,
    reason    text NOT NULL, -- of the alarm, then
    actor     text NOT NULL, -- empty: the center itself
    why       text NOT NULL, -- why, or what was said
    action    text NOT NULL, -- key of the action that caused it; empty: none
    document  jsonb NOT NULL, -- the whole alarm after it, as city.Alarm
    PRIMARY KEY (alarm, n, at)
) PARTITION BY RANGE (at);
CREATE TABLE alarm_transition_default PARTITION OF alarm_transition DEFAULT;
CREATE INDEX alarm_transition_at ON alarm_transition (at, alarm, n);

-- Maintenance windows. One that is cancelled stays, with when.
CREATE TABLE maintenance_window (
    id           text PRIMARY KEY,
    document     jsonb NOT NULL, -- city.Window
    planned_at   timestamptz NOT NULL,
    planned_by   text NOT NULL,
    why          text NOT NULL,
    cancelled_at timestamptz,
    cancelled_by text NOT NULL DEFAULT '',
    cancel_why   text NOT NULL DEFAULT ''
);

-- Who did what when and why, in a chain for each partition of the log: a row's hash is made of its
-- content and the hash of the row before it. Rows are added, never changed.
CREATE TABLE audit (
    partition int NOT NULL,
    n         bigint NOT NULL, -- from 1, without a gap
    at        timestamptz NOT NULL,
    actor     text NOT NULL,
    verb      text NOT NULL,
    object    text NOT NULL,   -- alarm/<id>, maintenance/<id>
    why       text NOT NULL,
    action    text NOT NULL,   -- the client's key
    outcome   text NOT NULL,
    document  bytea NOT NULL,  -- the whole action, in JSON, as it was hashed
    prev      bytea NOT NULL,  -- SHA-256 of the row before; 32 zero bytes of the first
    hash      bytea NOT NULL,
    PRIMARY KEY (partition, n)
);
-- Not unique: a client may use a key again long after everybody forgot it, and then it does something.
CREATE INDEX audit_action ON audit (action);
CREATE INDEX audit_at ON audit (at DESC, partition DESC, n DESC);

-- +goose StatementBegin
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- +goose Down
DROP TABLE audit, maintenance_window, alarm_transition, alarm;
DROP FUNCTION audit_is_append_only();
