-- name: LockHolds :exec
-- LockHolds waits until nothing is being forgotten, and lets nothing be until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('opscenter retention'));

-- name: PlaceHold :execrows
INSERT INTO retention_hold (key, classes, from_at, to_at, device, location, reason, placed_by, placed_at)
VALUES (@key, @classes, @from_at, @to_at, @device, @location, @reason, @placed_by, @placed_at)
ON CONFLICT (key) DO NOTHING;

-- name: HoldByKey :one
SELECT * FROM retention_hold WHERE key = @key;

-- name: GetHold :one
SELECT * FROM retention_hold WHERE id = @id;

-- name: LiftHold :execrows
UPDATE retention_hold SET lift_key = @lift_key::text, lift_reason = @lift_reason::text, lifted_by = @lifted_by::text, lifted_at = @lifted_at::timestamptz
WHERE id = @id AND lifted_at IS NULL;

-- name: ListHolds :many
SELECT * FROM retention_hold ORDER BY id;
