-- name: Declare :exec
INSERT INTO manifest (subsystem, document, declared_at)
VALUES (@subsystem, @document, @declared_at)
ON CONFLICT (subsystem) DO UPDATE
SET document = excluded.document, declared_at = excluded.declared_at, retired_at = NULL;

-- name: Retire :exec
UPDATE manifest SET retired_at = @retired_at WHERE subsystem = @subsystem;

-- name: Declared :many
SELECT subsystem, document FROM manifest WHERE retired_at IS NULL ORDER BY subsystem;
