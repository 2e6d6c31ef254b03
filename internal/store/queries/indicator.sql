-- name: InsertIndicator :batchexec
INSERT INTO indicator (subsystem, code, scope, period, begins, revision, observed_at, value, numerator, denominator,
    device, location, received_at)
VALUES (@subsystem, @code, @scope, @period, @begins, @revision, @observed_at, @value, @numerator, @denominator,
    @device, @location, @received_at)
ON CONFLICT (subsystem, code, scope, period, revision, observed_at) DO NOTHING;

-- name: Figures :many
-- Figures returns every figure of an indicator after one. A scope of * selects all of them.
SELECT * FROM indicator
WHERE subsystem = @subsystem AND code = @code AND (@scope::text = '*' OR scope = @scope)
    AND begins >= @from_day AND begins < @to_day
    AND (begins, period, scope, revision, observed_at)
        > (@after_begins::date, @after_period::text, @after_scope::text, @after_revision::int, @after_observed::timestamptz)
ORDER BY begins, period, scope, revision, observed_at
LIMIT @max_rows::int;

-- name: CountFigures :one
SELECT count(*) FROM indicator
WHERE subsystem = @subsystem AND code = @code AND (@scope::text = '*' OR scope = @scope)
    AND begins >= @from_day AND begins < @to_day;

-- name: LatestFigures :many
-- LatestFigures returns the figure that counts of each period: the highest revision's latest. It goes from period to
-- period by the index, however often each was told.
WITH RECURSIVE told AS (
    (SELECT i.begins, i.period, i.scope FROM indicator i
    WHERE i.subsystem = @subsystem AND i.code = @code AND i.begins >= @from_day AND i.begins < @to_day
    ORDER BY i.begins, i.period, i.scope LIMIT 1)
    UNION ALL
    SELECT n.begins, n.period, n.scope FROM told t CROSS JOIN LATERAL (
        SELECT i.begins, i.period, i.scope FROM indicator i
        WHERE i.subsystem = @subsystem AND i.code = @code AND i.begins < @to_day
            AND (i.begins, i.period, i.scope) > (t.begins, t.period, t.scope)
        ORDER BY i.begins, i.period, i.scope LIMIT 1
    ) AS n
)
SELECT f.* FROM told t CROSS JOIN LATERAL (
    SELECT * FROM indicator i
    WHERE i.subsystem = @subsystem AND i.code = @code AND i.begins = t.begins AND i.period = t.period AND i.scope = t.scope
    ORDER BY i.revision DESC, i.observed_at DESC LIMIT 1
) AS f
WHERE (@scope::text = '*' OR t.scope = @scope)
    AND (t.begins, t.period, t.scope) > (@after_begins::date, @after_period::text, @after_scope::text)
ORDER BY t.begins, t.period, t.scope
LIMIT @max_rows::int;

-- name: CountPeriods :one
-- CountPeriods counts what LatestFigures returns on all pages.
WITH RECURSIVE told AS (
    (SELECT i.begins, i.period, i.scope FROM indicator i
    WHERE i.subsystem = @subsystem AND i.code = @code AND i.begins >= @from_day AND i.begins < @to_day
    ORDER BY i.begins, i.period, i.scope LIMIT 1)
    UNION ALL
    SELECT n.begins, n.period, n.scope FROM told t CROSS JOIN LATERAL (
        SELECT i.begins, i.period, i.scope FROM indicator i
        WHERE i.subsystem = @subsystem AND i.code = @code AND i.begins < @to_day
            AND (i.begins, i.period, i.scope) > (t.begins, t.period, t.scope)
        ORDER BY i.begins, i.period, i.scope LIMIT 1
    ) AS n
)
SELECT count(*) FROM told t WHERE @scope::text = '*' OR t.scope = @scope;
