-- +goose Up

-- What people may have to be told of alarms, and what changes whether they have to: written in the
-- transaction that stores the transition, so that neither is there without the other.
CREATE TABLE outbox (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm     text NOT NULL,
    n         int NOT NULL,         -- of the transition
    at        timestamptz NOT NULL, -- of the transition
    what      text NOT NULL,
    document  jsonb NOT NULL,       -- the whole alarm after it, as city.Alarm
    routed_at timestamptz,          -- NULL: the dispatcher has not seen it
    routes    int NOT NULL DEFAULT 0, -- that lead it to somebody
    UNIQUE (alarm, n)
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE routed_at IS NULL;
CREATE INDEX outbox_at ON outbox (at);

-- Alarms that are told of together: those of a route that are alike in what it groups by.
CREATE TABLE notify_group (
    id         text PRIMARY KEY,
    route      text NOT NULL,
    label      text NOT NULL,          -- what its alarms have in common; empty: the route
    due_at     timestamptz,            -- when its pending alarms are told of; NULL: none is pending
    flushed_at timestamptz,            -- when that was done last
    rounds     int NOT NULL DEFAULT 0, -- how often
    UNIQUE (route, label)
);
CREATE INDEX notify_group_due ON notify_group (due_at) WHERE due_at IS NOT NULL;

-- An alarm in a group, until the group's channels know that it is over.
CREATE TABLE notify_member (
    group_id   text NOT NULL REFERENCES notify_group ON DELETE CASCADE,
    alarm      text NOT NULL,
    n          int NOT NULL,     -- of its last transition
    document   jsonb NOT NULL,   -- the alarm after that
    pending    text NOT NULL,    -- what is to be told of next; empty: nothing
    pending_at timestamptz NOT NULL, -- when that happened
    channels   text[] NOT NULL,  -- that it is told on; each belongs to one member of an alarm
    told       text[] NOT NULL,  -- those that it was told on since it was raised
    repeat_at  timestamptz,      -- when they are told again; NULL: not
    PRIMARY KEY (group_id, alarm)
);
CREATE INDEX notify_member_alarm ON notify_member (alarm);
CREATE INDEX notify_member_repeat ON notify_member (repeat_at) WHERE repeat_at IS NOT NULL;

-- Messages, one row for each and each channel: who was told when of what.
CREATE TABLE delivery (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- a channel sends in this order
    id           text NOT NULL UNIQUE, -- the message's; the receiver sees it, at every attempt the same
    channel      text NOT NULL,
    group_id     text NOT NULL,
    round        int NOT NULL,
    type         text NOT NULL,
    made_at      timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts     int NOT NULL DEFAULT 0,
    attempted_at timestamptz,           -- when the last attempt began
    due_at       timestamptz NOT NULL,  -- of the next attempt
    aside        boolean NOT NULL DEFAULT false, -- others may overtake it
    ended_at     timestamptz,           -- when it was sent, or given up
    error        text NOT NULL DEFAULT '', -- of the last attempt
    alarms       text[] NOT NULL,
    document     jsonb NOT NULL,        -- the message
    UNIQUE (channel, group_id, round, type)
);
CREATE INDEX delivery_waiting ON delivery (channel, seq) WHERE state = 'waiting';
CREATE INDEX delivery_channel ON delivery (channel, seq DESC);
CREATE INDEX delivery_alarms ON delivery USING gin (alarms);
CREATE INDEX delivery_made ON delivery (made_at);

-- How channels do.
CREATE TABLE notify_channel (
    name          text PRIMARY KEY,
    failing_since timestamptz, -- NULL: its last attempt did not fail
    error         text NOT NULL DEFAULT '',
    sent_at       timestamptz  -- the last confirmation
);

-- +goose Down
DROP TABLE notify_channel, delivery, notify_member, notify_group, outbox;
