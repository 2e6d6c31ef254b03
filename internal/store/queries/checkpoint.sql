-- name: Claim :one
INSERT INTO partition_checkpoint AS p (partition, epoch) VALUES (@partition, 1)
ON CONFLICT (partition) DO UPDATE SET epoch = p.epoch + 1, updated_at = now()
RETURNING epoch, seq, state_seq, state;

-- name: Advance :execrows
-- Advance moves the checkpoint of a partition forward, never back, if the epoch is still the caller's.
UPDATE partition_checkpoint SET seq = @seq, updated_at = now()
WHERE partition = @partition AND epoch = @epoch AND seq < @seq;

-- name: LockCheckpoint :one
SELECT epoch FROM partition_checkpoint WHERE partition = @partition FOR UPDATE;

-- name: SaveState :execrows
UPDATE partition_checkpoint SET state = @state, state_seq = @state_seq, updated_at = now()
WHERE partition = @partition AND epoch = @epoch AND state_seq <= @state_seq;

-- name: Checkpoints :many
SELECT partition, epoch, seq, state_seq, coalesce(octet_length(state), 0)::bigint AS state_bytes, updated_at
FROM partition_checkpoint ORDER BY partition;
