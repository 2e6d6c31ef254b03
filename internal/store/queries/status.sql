-- name: LatestIntervals :many
-- LatestIntervals returns the last interval of each of the devices that has one.
SELECT i.device, lower(i.during)::timestamptz AS from_at, coalesce(upper(i.during), lower(i.during))::timestamptz AS to_at,
    upper_inf(i.during)::boolean AS open, i.status, i.reason, i.facets
FROM (SELECT unnest(@devices::text[]) AS device) AS d
CROSS JOIN LATERAL (
    SELECT * FROM status_interval s WHERE s.device = d.device ORDER BY lower(s.during) DESC LIMIT 1
) AS i;

-- name: CloseIntervals :execrows
UPDATE status_interval s SET during = tstzrange(lower(s.during), t.to_at)
FROM (SELECT unnest(@devices::text[]) AS device,
    unnest(@to_ats::timestamptz[]) AS to_at) AS t
WHERE s.device = t.device AND upper_inf(s.during);

-- name: EndIntervals :exec
-- EndIntervals ends what still lasts of devices that are no longer registered.
UPDATE status_interval SET during = tstzrange(lower(during), now())
WHERE device = ANY(@devices::text[]) AND upper_inf(during) AND lower(during) < now();

-- name: DeleteIntervals :execrows
-- DeleteIntervals removes open intervals that would have no length.
DELETE FROM status_interval s WHERE s.device = ANY(@devices::text[]) AND upper_inf(s.during);

-- name: InsertIntervals :exec
-- InsertIntervals takes the first instant of year 1, Go's zero time, as the end of an open interval.
INSERT INTO status_interval (device, during, status, reason, facets)
SELECT device, tstzrange(from_at, nullif(to_at, '0001-01-01 00:00:00Z')), status, reason, facets::jsonb
FROM (SELECT unnest(@devices::text[]) AS device,
    unnest(@from_ats::timestamptz[]) AS from_at,
    unnest(@to_ats::timestamptz[]) AS to_at,
    unnest(@statuses::text[]) AS status,
    unnest(@reasons::text[]) AS reason,
    unnest(@facets::text[]) AS facets) AS t;

-- name: StatusHistory :many
SELECT lower(during)::timestamptz AS from_at, coalesce(upper(during), lower(during))::timestamptz AS to_at,
    upper_inf(during)::boolean AS open, status, reason, facets
FROM status_interval
WHERE device = @device AND during && tstzrange(@from_at::timestamptz, @to_at::timestamptz)
ORDER BY lower(during);
