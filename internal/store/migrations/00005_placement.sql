-- +goose Up
-- Where every device was, and whose it was, since it was registered: reports on the past must not
-- change when the inventory does, and what was removed still counts for the time that it was there.
CREATE TABLE placement (
    device        text NOT NULL,
    during        tstzrange NOT NULL CHECK (NOT isempty(during)),
    name          text NOT NULL,
    location      text NOT NULL,
    location_name text NOT NULL,
    area          text NOT NULL,
    contractor    text NOT NULL,
    EXCLUDE USING gist (device WITH =, during WITH &&)
);
CREATE INDEX placement_location ON placement (location);

INSERT INTO placement (device, during, name, location, location_name, area, contractor)
SELECT d.id, tstzrange(d.registered_at, NULL), d.name, d.location, l.name, l.area, d.contractor
FROM device d JOIN location l ON l.id = d.location;

-- +goose Down
DROP TABLE placement;
