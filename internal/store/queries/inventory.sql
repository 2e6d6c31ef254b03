-- name: InventoryRevision :one
SELECT revision FROM inventory_revision;

-- name: LockInventory :one
SELECT revision FROM inventory_revision FOR UPDATE;

-- name: BumpInventory :exec
UPDATE inventory_revision SET revision = revision + 1;

-- name: Areas :many
SELECT id, name, effective_from, effective_to FROM area ORDER BY id;

-- name: Locations :many
SELECT id, name, area, lat, lon FROM location ORDER BY id;

-- name: Devices :many
SELECT id, name, location, subsystem, kind, external_id, parent, contractor, model, cadence_ms, expected_fps, registered_at
FROM device ORDER BY id;

-- name: UpsertAreas :execrows
-- UpsertAreas takes the first instant of year 1, Go's zero time, for a date that is not given.
INSERT INTO area AS a (id, name, effective_from, effective_to)
SELECT id, name, nullif(effective_from, '0001-01-01 00:00:00Z'), nullif(effective_to, '0001-01-01 00:00:00Z')
FROM (SELECT unnest(@ids::text[]) AS id,
    unnest(@names::text[]) AS name,
    unnest(@froms::timestamptz[]) AS effective_from,
    unnest(@tos::timestamptz[]) AS effective_to) AS t
ON CONFLICT (id) DO UPDATE
SET name = EXCLUDED.name, effective_from = EXCLUDED.effective_from, effective_to = EXCLUDED.effective_to
WHERE (a.name, a.effective_from, a.effective_to)
    IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.effective_from, EXCLUDED.effective_to);

-- name: UpsertLocations :execrows
INSERT INTO location AS l (id, name, area, lat, lon)
SELECT unnest(@ids::text[]) AS id,
    unnest(@names::text[]) AS name,
    unnest(@areas::text[]) AS area,
    unnest(@lats::float8[]) AS lat,
    unnest(@lons::float8[]) AS lon
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, area = EXCLUDED.area, lat = EXCLUDED.lat, lon = EXCLUDED.lon
WHERE (l.name, l.area, l.lat, l.lon) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.area, EXCLUDED.lat, EXCLUDED.lon);

-- name: UpsertDevices :execrows
-- UpsertDevices leaves registered_at of a known device alone.
INSERT INTO device AS d (id, name, location, subsystem, kind, external_id, parent, contractor, model, cadence_ms, expected_fps, registered_at)
SELECT unnest(@ids::text[]) AS id,
    unnest(@names::text[]) AS name,
    unnest(@locations::text[]) AS location,
    unnest(@subsystems::text[]) AS subsystem,
    unnest(@kinds::text[]) AS kind,
    unnest(@external_ids::text[]) AS external_id,
    unnest(@parents::text[]) AS parent,
    unnest(@contractors::text[]) AS contractor,
    unnest(@models::text[]) AS model,
    unnest(@cadences_ms::bigint[]) AS cadence_ms,
    unnest(@expected_fps::float8[]) AS expected_fps,
    unnest(@registered_at::timestamptz[]) AS registered_at
ON CONFLICT (id) DO UPDATE
SET name = EXCLUDED.name, location = EXCLUDED.location, subsystem = EXCLUDED.subsystem, kind = EXCLUDED.kind,
    external_id = EXCLUDED.external_id, parent = EXCLUDED.parent, contractor = EXCLUDED.contractor,
    model = EXCLUDED.model, cadence_ms = EXCLUDED.cadence_ms, expected_fps = EXCLUDED.expected_fps
WHERE (d.name, d.location, d.subsystem, d.kind, d.external_id, d.parent, d.contractor, d.model, d.cadence_ms, d.expected_fps)
    IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.location, EXCLUDED.subsystem, EXCLUDED.kind, EXCLUDED.external_id,
        EXCLUDED.parent, EXCLUDED.contractor, EXCLUDED.model, EXCLUDED.cadence_ms, EXCLUDED.expected_fps);

-- name: DeleteOtherAreas :execrows
DELETE FROM area WHERE NOT (id = ANY(@keep::text[]));

-- name: DeleteOtherLocations :execrows
DELETE FROM location WHERE NOT (id = ANY(@keep::text[]));

-- name: DeleteOtherDevices :many
DELETE FROM device WHERE NOT (id = ANY(@keep::text[])) RETURNING id;
