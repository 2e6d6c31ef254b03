-- +goose Up

-- Devices that spoke, or were spoken of, and that nobody registered.
CREATE TABLE discovered (
    external   text PRIMARY KEY, -- dialect:identity; native:<subsystem>/<device> in the center's own format
    ref        text NOT NULL,    -- of external, short enough for an address
    subsystem  text NOT NULL,
    dialect    text NOT NULL,
    topic      text NOT NULL,
    sample     text NOT NULL,    -- personal data masked
    name       text NOT NULL,
    maker      text NOT NULL,
    model      text NOT NULL,
    firmware   text NOT NULL,
    kind       text NOT NULL,
    spoke      boolean NOT NULL, -- not only announced
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    sightings  bigint NOT NULL
);
CREATE INDEX discovered_ref ON discovered (ref);
CREATE INDEX discovered_seen ON discovered (last_seen);

-- +goose Down
DROP TABLE discovered;
