-- name: AuditHead :one
SELECT n, hash FROM audit WHERE partition = @partition ORDER BY n DESC LIMIT 1;

-- name: InsertAudit :exec
INSERT INTO audit (partition, n, at, actor, verb, object, why, action, outcome, document, prev, hash)
SELECT @partition::int, unnest(@ns::bigint[]) AS n,
    unnest(@ats::timestamptz[]) AS at,
    unnest(@actors::text[]) AS actor,
    unnest(@verbs::text[]) AS verb,
    unnest(@objects::text[]) AS object,
    unnest(@whys::text[]) AS why,
    unnest(@actions::text[]) AS action,
    unnest(@outcomes::text[]) AS outcome,
    unnest(@documents::bytea[]) AS document,
    unnest(@prevs::bytea[]) AS prev,
    unnest(@hashes::bytea[]) AS hash;

-- name: AuditChain :many
-- AuditChain gives the rows of all chains in order, after one.
SELECT * FROM audit WHERE (partition, n) > (@partition::int, @n::bigint) ORDER BY partition, n LIMIT @max_rows::int;

-- name: ListAudit :many
SELECT * FROM audit
WHERE (at, partition, n) < (@before_at::timestamptz, @before_partition::int, @before_n::bigint)
    AND (@actor::text = '' OR actor = @actor) AND (@object::text = '' OR object = @object)
ORDER BY at DESC, partition DESC, n DESC LIMIT @max_rows::int;

-- name: CountAudit :one
SELECT count(*) FROM audit WHERE (@actor::text = '' OR actor = @actor) AND (@object::text = '' OR object = @object);

-- name: ActionsByKey :many
SELECT * FROM audit WHERE action = ANY(@keys::text[]) ORDER BY at, partition, n;
