-- +goose Up

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Inventory ---------------------------------------------------------------------------------------

CREATE TABLE inventory_revision (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL
);
INSERT INTO inventory_revision (revision) VALUES (0);

-- A reorganisation makes a new unit with a new id, so one row per id with its dates is enough.
CREATE TABLE area (
    id             text PRIMARY KEY,
    name           text NOT NULL,
    effective_from timestamptz,
    effective_to   timestamptz
);

CREATE TABLE location (
    id   text PRIMARY KEY,
    name text NOT NULL,
    area text NOT NULL,
    lat  float8 NOT NULL,
    lon  float8 NOT NULL
);

CREATE TABLE device (
    id            text PRIMARY KEY,
    name          text NOT NULL,
    location      text NOT NULL,
    subsystem     text NOT NULL,
    kind          text NOT NULL,
    external_id   text NOT NULL,
    parent        text NOT NULL,
    contractor    text NOT NULL,
    model         text NOT NULL,
    cadence_ms    bigint NOT NULL,
    expected_fps  float8 NOT NULL,
    registered_at timestamptz NOT NULL
);

-- The place of each partition's reader ------------------------------------------------------------

CREATE TABLE partition_checkpoint (
    partition  int PRIMARY KEY,
    epoch      bigint NOT NULL,
    seq        bigint NOT NULL DEFAULT 0,
    state_seq  bigint NOT NULL DEFAULT 0,
    state      bytea,
    updated_at timestamptz NOT NULL DEFAULT now()
);
-- The state is compressed before it is sent.
ALTER TABLE partition_checkpoint ALTER COLUMN state SET STORAGE EXTERNAL;

-- Readings ----------------------------------------------------------------------------------------

CREATE TABLE series (
    id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device  text NOT NULL,
    kind    text NOT NULL,
    channel text NOT NULL,
    metrics text[] NOT NULL,
    UNIQUE (device, kind, channel, metrics)
);

-- Partitions are made ahead, one a day (UTC); rows of any other day, from wrong clocks, go to the
-- default partition.
CREATE TABLE reading (
    observed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    digest      bigint NOT NULL,
    series_id   int NOT NULL,
    values      float8[] NOT NULL,
    PRIMARY KEY (series_id, observed_at, digest)
) PARTITION BY RANGE (observed_at);
CREATE TABLE reading_default PARTITION OF reading DEFAULT;

-- Partitions are made ahead, one a month (UTC).
CREATE TABLE reading_minute (
    bucket    timestamptz NOT NULL,
    series_id int NOT NULL,
    n         int NOT NULL,
    sum       float8[] NOT NULL,
    min       float8[] NOT NULL,
    max       float8[] NOT NULL,
    PRIMARY KEY (series_id, bucket)
) PARTITION BY RANGE (bucket);
CREATE TABLE reading_minute_default PARTITION OF reading_minute DEFAULT;

CREATE TABLE reading_hour (
    bucket    timestamptz NOT NULL,
    series_id int NOT NULL,
    n         int NOT NULL,
    sum       float8[] NOT NULL,
    min       float8[] NOT NULL,
    max       float8[] NOT NULL,
    PRIMARY KEY (series_id, bucket)
);

-- The element-wise merges of two roll-ups of one bucket.

-- +goose StatementBegin
CREATE FUNCTION merge_sum(a float8[], b float8[]) RETURNS float8[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT array_agg(x + y ORDER BY i) FROM unnest(a, b) WITH ORDINALITY AS t(x, y, i) $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION merge_min(a float8[], b float8[]) RETURNS float8[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT array_agg(least(x, y) ORDER BY i) FROM unnest(a, b) WITH ORDINALITY AS t(x, y, i) $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION merge_max(a float8[], b float8[]) RETURNS float8[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT array_agg(greatest(x, y) ORDER BY i) FROM unnest(a, b) WITH ORDINALITY AS t(x, y, i) $$;
-- +goose StatementEnd

-- Status, events, violations, quarantine ----------------------------------------------------------

CREATE TABLE status_interval (
    device text NOT NULL,
    during tstzrange NOT NULL CHECK (NOT isempty(during)),
    status text NOT NULL,
    reason text NOT NULL,
    facets jsonb NOT NULL,
    EXCLUDE USING gist (device WITH =, during WITH &&)
);
CREATE INDEX status_interval_latest ON status_interval (device, lower(during) DESC);

CREATE TABLE event (
    subsystem    text NOT NULL,
    kind         text NOT NULL,
    id           text NOT NULL,
    location     text NOT NULL,
    device       text NOT NULL,
    type         text NOT NULL,
    phase        text NOT NULL,
    severity     text NOT NULL,
    title        text NOT NULL,
    description  text NOT NULL,
    lat          float8,
    lon          float8,
    evidence_url text NOT NULL,
    started_at   timestamptz,
    changed_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    received_at  timestamptz NOT NULL,
    PRIMARY KEY (subsystem, kind, id)
);
CREATE INDEX event_received ON event (received_at DESC);

CREATE TABLE violation (
    subsystem    text NOT NULL,
    id           text NOT NULL,
    location     text NOT NULL,
    device       text NOT NULL,
    type         text NOT NULL,
    plate_masked text NOT NULL,
    plate_sealed bytea,
    speed_kmh    float8,
    limit_kmh    float8,
    evidence_url text NOT NULL,
    observed_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    PRIMARY KEY (subsystem, id)
);
CREATE INDEX violation_received ON violation (received_at DESC);

CREATE TABLE quarantine (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
    UNIQUE (partition, seq, ordinal)
);
CREATE INDEX quarantine_at ON quarantine (at);

-- +goose Down
DROP TABLE quarantine, violation, event, status_interval, reading_hour, reading_minute, reading, series,
    partition_checkpoint, device, location, area, inventory_revision;
DROP FUNCTION merge_sum(float8[], float8[]);
DROP FUNCTION merge_min(float8[], float8[]);
DROP FUNCTION merge_max(float8[], float8[]);
