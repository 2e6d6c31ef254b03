-- name: KeepSegment :exec
INSERT INTO archive (at, partition, after, seq, entries, data, keyframe)
VALUES (@at, @partition, @after, @seq, @entries, @data, @keyframe)
ON CONFLICT DO NOTHING;

-- name: KeyframeAt :one
SELECT at, seq, keyframe FROM archive WHERE partition = @partition AND at <= @until AND keyframe IS NOT NULL
ORDER BY at DESC, seq DESC LIMIT 1;

-- name: ArchiveBegins :one
SELECT at FROM archive WHERE partition = @partition AND keyframe IS NOT NULL ORDER BY at LIMIT 1;

-- name: Segments :many
SELECT at, after, seq, entries, data FROM archive
WHERE partition = @partition AND at >= @since AND seq > @beyond
ORDER BY at, seq LIMIT @most;

-- name: KeepInventory :exec
-- KeepInventory keeps a revision that is in force from now on; never from before the one before it.
INSERT INTO inventory_history (revision, at, data)
VALUES (@revision, greatest(@at::timestamptz, (SELECT max(h.at) FROM inventory_history h)), @data)
ON CONFLICT DO NOTHING;

-- name: InventoryKept :one
SELECT (EXISTS (SELECT FROM inventory_history))::boolean AS any_kept,
    (EXISTS (SELECT FROM inventory_history h WHERE h.revision = @revision))::boolean AS this_kept;

-- name: InventorySince :one
SELECT coalesce((SELECT h.at FROM inventory_history h WHERE h.revision = @revision), '0001-01-01 00:00:00Z')::timestamptz AS at;

-- name: InventoryBefore :one
SELECT revision, at, data FROM inventory_history WHERE at < @before ORDER BY revision DESC LIMIT 1;

-- name: OldestInventory :one
SELECT revision, at, data FROM inventory_history ORDER BY revision LIMIT 1;

-- name: InventoriesAfter :many
SELECT revision, at, data FROM inventory_history WHERE revision > @revision AND at <= @until ORDER BY revision;

-- name: TrimInventories :exec
-- TrimInventories forgets the revisions that were out of force by a time, unless part of a class is held:
-- what is held needs those of its time.
DELETE FROM inventory_history i
WHERE i.revision < (SELECT max(h.revision) FROM inventory_history h WHERE h.at <= @until)
    AND NOT EXISTS (SELECT FROM retention_hold r WHERE r.lifted_at IS NULL AND r.classes && @classes::text[]);
