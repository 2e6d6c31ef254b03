-- name: UpsertEvent :batchexec
-- UpsertEvent keeps what the latest message says, by the sender's time and then by phase, so that messages may
-- come twice and in any order.
INSERT INTO event AS e (subsystem, kind, id, location, device, type, phase, severity, title, description, lat, lon,
    evidence_url, due_at, started_at, changed_at, ended_at, received_at)
VALUES (@subsystem, @kind, @id, @location, @device, @type, @phase, @severity, @title, @description, @lat, @lon,
    @evidence_url, @due_at, @started_at, @changed_at, @ended_at, @received_at)
ON CONFLICT (subsystem, kind, id) DO UPDATE SET
    location = EXCLUDED.location, device = EXCLUDED.device, type = EXCLUDED.type, phase = EXCLUDED.phase,
    severity = coalesce(nullif(EXCLUDED.severity, ''), e.severity),
    title = coalesce(nullif(EXCLUDED.title, ''), e.title),
    description = coalesce(nullif(EXCLUDED.description, ''), e.description),
    lat = coalesce(EXCLUDED.lat, e.lat), lon = coalesce(EXCLUDED.lon, e.lon),
    evidence_url = coalesce(nullif(EXCLUDED.evidence_url, ''), e.evidence_url), due_at = coalesce(EXCLUDED.due_at, e.due_at),
    changed_at = EXCLUDED.changed_at, received_at = greatest(e.received_at, EXCLUDED.received_at)
WHERE (EXCLUDED.changed_at, array_position(ARRAY['started', 'updated', 'instant', 'ended'], EXCLUDED.phase))
    > (e.changed_at, array_position(ARRAY['started', 'updated', 'instant', 'ended'], e.phase));

-- name: WidenEvent :batchexec
-- WidenEvent lets a message move the start or the end of its event even if it came late.
UPDATE event SET
    started_at = least(started_at, sqlc.narg(started_at)::timestamptz),
    ended_at = greatest(ended_at, sqlc.narg(ended_at)::timestamptz)
WHERE subsystem = @subsystem AND kind = @kind AND id = @id;

-- name: InsertViolation :batchexec
INSERT INTO violation (subsystem, id, location, device, type, plate_masked, plate_sealed, speed_kmh, limit_kmh,
    evidence_url, observed_at, received_at)
VALUES (@subsystem, @id, @location, @device, @type, @plate_masked, @plate_sealed, @speed_kmh, @limit_kmh,
    @evidence_url, @observed_at, @received_at)
ON CONFLICT (subsystem, id) DO NOTHING;

-- name: InsertQuarantine :batchexec
INSERT INTO quarantine (at, partition, seq, ordinal, topic, sealed, shown, code, reason, subsystem, retained)
VALUES (@at, @partition, @seq, @ordinal, @topic, @sealed, @shown, @code, @reason, @subsystem, @retained)
ON CONFLICT (partition, seq, ordinal, at) DO NOTHING;

-- name: RecentEvents :many
SELECT * FROM event WHERE received_at >= @since ORDER BY received_at DESC, subsystem, kind, id LIMIT @max_rows::int;

-- name: RecentViolations :many
SELECT subsystem, id, location, device, type, plate_masked, speed_kmh, limit_kmh, evidence_url, observed_at, received_at
FROM violation WHERE received_at >= @since ORDER BY received_at DESC, subsystem, id LIMIT @max_rows::int;

-- name: ListQuarantine :many
SELECT id, at, topic, shown, code, reason, subsystem, retained, replayed_at
FROM quarantine
WHERE id < @before AND (@subsystem::text = '' OR subsystem = @subsystem) AND (@code::text = '' OR code = @code)
ORDER BY id DESC LIMIT @max_rows::int;

-- name: CountQuarantine :one
SELECT count(*) FROM quarantine
WHERE (@subsystem::text = '' OR subsystem = @subsystem) AND (@code::text = '' OR code = @code);

-- name: GetQuarantine :one
SELECT id, at, topic, sealed, shown, code, reason, subsystem, retained, replayed_at FROM quarantine WHERE id = @id;

-- name: MarkReplayed :execrows
UPDATE quarantine SET replayed_at = @replayed_at::timestamptz WHERE id = @id;
