-- name: InsertWindow :exec
INSERT INTO maintenance_window (id, document, planned_at, planned_by, why)
VALUES (@id, @document, @planned_at, @planned_by, @why) ON CONFLICT (id) DO NOTHING;

-- name: CancelWindow :exec
UPDATE maintenance_window SET cancelled_at = @cancelled_at::timestamptz, cancelled_by = @cancelled_by, cancel_why = @cancel_why
WHERE id = @id AND cancelled_at IS NULL;

-- name: ListWindows :many
SELECT * FROM maintenance_window
WHERE (planned_at, id) < (@before_at::timestamptz, @before_id::text)
ORDER BY planned_at DESC, id DESC LIMIT @max_rows::int;

-- name: GetWindows :many
SELECT * FROM maintenance_window WHERE id = ANY(@ids::text[]);
