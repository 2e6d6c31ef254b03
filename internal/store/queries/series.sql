-- name: AllSeries :many
SELECT id, device, kind, channel, metrics FROM series ORDER BY id;

-- name: EnsureSeries :many
-- EnsureSeries returns the given series with their ids, making those that are missing. Metrics are separated by the
-- unit separator, U+001F.
INSERT INTO series AS s (device, kind, channel, metrics)
SELECT device, kind, channel, string_to_array(metrics, chr(31))
FROM (SELECT unnest(@devices::text[]) AS device,
    unnest(@kinds::text[]) AS kind,
    unnest(@channels::text[]) AS channel,
    unnest(@metrics::text[]) AS metrics) AS t
ON CONFLICT (device, kind, channel, metrics) DO UPDATE SET device = EXCLUDED.device
RETURNING id, device, kind, channel, metrics;

-- name: RawPoints :many
SELECT s.kind, s.channel, r.observed_at AS at, 1::int AS n,
    r.values[array_position(s.metrics, @metric::text)]::float8 AS value
FROM series s JOIN reading r ON r.series_id = s.id
WHERE s.device = @device AND s.metrics @> ARRAY[@metric::text]
    AND r.observed_at >= @from_at AND r.observed_at < @to_at
ORDER BY r.observed_at, s.kind, s.channel
LIMIT @max_points::int;

-- name: MinutePoints :many
SELECT s.kind, s.channel, r.bucket AS at, r.n,
    r.sum[array_position(s.metrics, @metric::text)]::float8 AS sum,
    r.min[array_position(s.metrics, @metric::text)]::float8 AS min,
    r.max[array_position(s.metrics, @metric::text)]::float8 AS max
FROM series s JOIN reading_minute r ON r.series_id = s.id
WHERE s.device = @device AND s.metrics @> ARRAY[@metric::text]
    AND r.bucket >= @from_at AND r.bucket < @to_at
ORDER BY r.bucket, s.kind, s.channel
LIMIT @max_points::int;

-- name: HourPoints :many
SELECT s.kind, s.channel, r.bucket AS at, r.n,
    r.sum[array_position(s.metrics, @metric::text)]::float8 AS sum,
    r.min[array_position(s.metrics, @metric::text)]::float8 AS min,
    r.max[array_position(s.metrics, @metric::text)]::float8 AS max
FROM series s JOIN reading_hour r ON r.series_id = s.id
WHERE s.device = @device AND s.metrics @> ARRAY[@metric::text]
    AND r.bucket >= @from_at AND r.bucket < @to_at
ORDER BY r.bucket, s.kind, s.channel
LIMIT @max_points::int;
