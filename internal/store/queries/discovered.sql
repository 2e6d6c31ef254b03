-- name: UpsertDiscovered :batchexec
-- UpsertDiscovered adds sightings to what is known of a device, and erases nothing that it was once said to be.
INSERT INTO discovered AS d (external, ref, subsystem, dialect, topic, sample, name, maker, model, firmware, kind, spoke,
    first_seen, last_seen, sightings)
VALUES (@external, @ref, @subsystem, @dialect, @topic, @sample, @name, @maker, @model, @firmware, @kind, @spoke,
    @first_seen, @last_seen, @sightings)
ON CONFLICT (external) DO UPDATE SET
    subsystem = EXCLUDED.subsystem, topic = EXCLUDED.topic, sample = EXCLUDED.sample,
    name = coalesce(nullif(EXCLUDED.name, ''), d.name), maker = coalesce(nullif(EXCLUDED.maker, ''), d.maker),
    model = coalesce(nullif(EXCLUDED.model, ''), d.model), firmware = coalesce(nullif(EXCLUDED.firmware, ''), d.firmware),
    kind = coalesce(nullif(EXCLUDED.kind, ''), d.kind), spoke = d.spoke OR EXCLUDED.spoke,
    last_seen = greatest(d.last_seen, EXCLUDED.last_seen), sightings = d.sightings + EXCLUDED.sightings;

-- name: WithdrawDiscovered :exec
-- WithdrawDiscovered forgets devices that were announced and never heard themselves.
DELETE FROM discovered WHERE external = ANY(@externals::text[]) AND NOT spoke;

-- name: ListDiscovered :many
-- ListDiscovered leaves out what is registered by now.
SELECT * FROM discovered
WHERE external > @after AND (@dialect::text = '' OR dialect = @dialect) AND (@subsystem::text = '' OR subsystem = @subsystem)
    AND position(lower(@q::text) IN lower(concat_ws(' ', external, name, maker, model, topic))) > 0
    AND external NOT IN (SELECT unnest(string_to_array(external_id, ';')) FROM device)
    AND external NOT IN (SELECT 'native:' || subsystem || '/' || id FROM device)
ORDER BY external LIMIT @max_rows::int;

-- name: CountDiscovered :one
SELECT count(*) FROM discovered
WHERE (@dialect::text = '' OR dialect = @dialect) AND (@subsystem::text = '' OR subsystem = @subsystem)
    AND position(lower(@q::text) IN lower(concat_ws(' ', external, name, maker, model, topic))) > 0
    AND external NOT IN (SELECT unnest(string_to_array(external_id, ';')) FROM device)
    AND external NOT IN (SELECT 'native:' || subsystem || '/' || id FROM device);

-- name: GetDiscovered :one
SELECT * FROM discovered WHERE ref = @ref ORDER BY last_seen DESC, external LIMIT 1;

-- name: DeleteDiscovered :execrows
DELETE FROM discovered WHERE ref = @ref;

-- name: TrimDiscovered :execrows
-- TrimDiscovered keeps that many devices, and lets those go that were not seen for longest, unless they are held.
DELETE FROM discovered t
WHERE t.external IN (SELECT d.external FROM discovered d ORDER BY d.last_seen DESC, d.external OFFSET @keep::bigint)
    AND NOT EXISTS (SELECT FROM retention_hold h WHERE h.lifted_at IS NULL AND h.classes && ARRAY[@class::text, 'all']
        AND t.first_seen <= coalesce(h.to_at, 'infinity') AND t.last_seen >= h.from_at);
