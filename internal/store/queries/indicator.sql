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

-- name: LatestFigures :many
-- LatestFigures is like Figures, with only the figure that counts of each period.
SELECT * FROM (
    SELECT DISTINCT ON (begins, period, scope) * FROM indicator
    WHERE subsystem = @subsystem AND code = @code AND (@scope::text = '*' OR scope = @scope)
        AND begins >= @from_day AND begins < @to_day
        AND (begins, period, scope) > (@after_begins::date, @after_period::text, @after_scope::text)
    ORDER BY begins, period, scope, revision DESC, observed_at DESC
) AS latest
ORDER BY begins, period, scope
LIMIT @max_rows::int;

-- name: CountFigures :one
SELECT count(*) AS figures, count(DISTINCT (period, scope)) AS periods FROM indicator
WHERE subsystem = @subsystem AND code = @code AND (@scope::text = '*' OR scope = @scope)
    AND begins >= @from_day AND begins < @to_day;
