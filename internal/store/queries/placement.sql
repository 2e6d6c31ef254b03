-- name: DropNewPlacements :exec
-- DropNewPlacements removes placements that are over before they had any length: two changes of the
-- inventory at one moment, or after a step of the clock.
DELETE FROM placement p WHERE upper_inf(p.during) AND lower(p.during) >= now() AND NOT EXISTS (
    SELECT FROM device d JOIN location l ON l.id = d.location
    WHERE (d.id, d.name, l.id, l.name, l.area, d.contractor) = (p.device, p.name, p.location, p.location_name, p.area, p.contractor));

-- name: EndPlacements :exec
-- EndPlacements ends those that the inventory does not say any more.
UPDATE placement p SET during = tstzrange(lower(p.during), now()) WHERE upper_inf(p.during) AND NOT EXISTS (
    SELECT FROM device d JOIN location l ON l.id = d.location
    WHERE (d.id, d.name, l.id, l.name, l.area, d.contractor) = (p.device, p.name, p.location, p.location_name, p.area, p.contractor));

-- name: BeginPlacements :exec
-- BeginPlacements begins those that the inventory says and that do not go on: from the device's
-- registration, or from the end of its last placement if that is later.
INSERT INTO placement (device, during, name, location, location_name, area, contractor)
SELECT d.id, tstzrange(greatest(d.registered_at, (SELECT max(upper(p.during)) FROM placement p WHERE p.device = d.id)), NULL),
    d.name, d.location, l.name, l.area, d.contractor
FROM device d JOIN location l ON l.id = d.location
WHERE NOT EXISTS (SELECT FROM placement p WHERE p.device = d.id AND upper_inf(p.during));

-- name: PlacementsDuring :many
SELECT device, lower(during)::timestamptz AS from_at, coalesce(upper(during), lower(during))::timestamptz AS to_at,
    upper_inf(during)::boolean AS open, name, location, location_name, area, contractor
FROM placement WHERE during && tstzrange(@from_at::timestamptz, @to_at::timestamptz)
ORDER BY device, lower(during);
