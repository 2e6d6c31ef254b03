-- name: UpsertAlarms :exec
-- UpsertAlarms takes the first instant of year 1, Go's zero time, for a time that is not given. An alarm that is known
-- keeps when it was raised first.
INSERT INTO alarm AS a (id, key, n, location, area, device, subsystem, contractor, severity, state, reason, acknowledged, hidden,
    raised_at, cleared_at, first_raised_at, closed_at, changed_at, search, document)
SELECT id, key, n, location, area, device, subsystem, contractor, severity, state, reason, acknowledged, hidden,
    raised_at, nullif(cleared_at, '0001-01-01 00:00:00Z'), first_raised_at, nullif(closed_at, '0001-01-01 00:00:00Z'), changed_at,
    search, document::jsonb
FROM (SELECT unnest(@ids::text[]) AS id,
    unnest(@keys::text[]) AS key,
    unnest(@ns::int[]) AS n,
    unnest(@locations::text[]) AS location,
    unnest(@areas::text[]) AS area,
    unnest(@devices::text[]) AS device,
    unnest(@subsystems::text[]) AS subsystem,
    unnest(@contractors::text[]) AS contractor,
    unnest(@severities::text[]) AS severity,
    unnest(@states::text[]) AS state,
    unnest(@reasons::text[]) AS reason,
    unnest(@acknowledged::boolean[]) AS acknowledged,
    unnest(@hidden::boolean[]) AS hidden,
    unnest(@raised_ats::timestamptz[]) AS raised_at,
    unnest(@cleared_ats::timestamptz[]) AS cleared_at,
    unnest(@first_raised_ats::timestamptz[]) AS first_raised_at,
    unnest(@closed_ats::timestamptz[]) AS closed_at,
    unnest(@changed_ats::timestamptz[]) AS changed_at,
    unnest(@searches::text[]) AS search,
    unnest(@documents::text[]) AS document) AS t
ON CONFLICT (id) DO UPDATE SET
    key = EXCLUDED.key, n = EXCLUDED.n, location = EXCLUDED.location, area = EXCLUDED.area, device = EXCLUDED.device,
    subsystem = EXCLUDED.subsystem, contractor = EXCLUDED.contractor, severity = EXCLUDED.severity, state = EXCLUDED.state,
    reason = EXCLUDED.reason, acknowledged = EXCLUDED.acknowledged, hidden = EXCLUDED.hidden, raised_at = EXCLUDED.raised_at,
    cleared_at = EXCLUDED.cleared_at, closed_at = EXCLUDED.closed_at, changed_at = EXCLUDED.changed_at,
    search = EXCLUDED.search, document = EXCLUDED.document
WHERE a.n < EXCLUDED.n;

-- name: InsertTransitions :exec
INSERT INTO alarm_transition (alarm, n, at, what, key, location, severity, reason, actor, why, action, document)
SELECT alarm, n, at, what, key, location, severity, reason, actor, why, action, document::jsonb
FROM (SELECT unnest(@alarms::text[]) AS alarm,
    unnest(@ns::int[]) AS n,
    unnest(@ats::timestamptz[]) AS at,
    unnest(@whats::text[]) AS what,
    unnest(@keys::text[]) AS key,
    unnest(@locations::text[]) AS location,
    unnest(@severities::text[]) AS severity,
    unnest(@reasons::text[]) AS reason,
    unnest(@actors::text[]) AS actor,
    unnest(@whys::text[]) AS why,
    unnest(@actions::text[]) AS action,
    unnest(@documents::text[]) AS document) AS t
ON CONFLICT DO NOTHING;

-- name: ListAlarms :many
-- ListAlarms gives the alarms that were on the list at any time from from_at to to_at, the latest first.
SELECT id, n, first_raised_at, closed_at, changed_at, document FROM alarm
WHERE (first_raised_at, id) < (@before_at::timestamptz, @before_id::text)
    AND first_raised_at < @to_at::timestamptz AND (closed_at IS NULL OR closed_at >= @from_at::timestamptz)
    AND CASE @list::text
        WHEN 'open' THEN closed_at IS NULL
        WHEN 'active' THEN closed_at IS NULL AND state = 'active' AND NOT hidden
        WHEN 'cleared' THEN closed_at IS NULL AND state = 'cleared' AND NOT hidden
        WHEN 'hidden' THEN closed_at IS NULL AND hidden
        WHEN 'closed' THEN closed_at IS NOT NULL
        ELSE true END
    AND (@severity::text = '' OR severity = @severity) AND (@location::text = '' OR location = @location)
    AND (@area::text = '' OR area = @area) AND (@device::text = '' OR device = @device)
    AND (@subsystem::text = '' OR subsystem = @subsystem) AND (@reason::text = '' OR reason = @reason)
    AND position(@q::text IN search) > 0
ORDER BY first_raised_at DESC, id DESC LIMIT @max_rows::int;

-- name: CountAlarms :one
SELECT count(*) FROM alarm
WHERE first_raised_at < @to_at::timestamptz AND (closed_at IS NULL OR closed_at >= @from_at::timestamptz)
    AND CASE @list::text
        WHEN 'open' THEN closed_at IS NULL
        WHEN 'active' THEN closed_at IS NULL AND state = 'active' AND NOT hidden
        WHEN 'cleared' THEN closed_at IS NULL AND state = 'cleared' AND NOT hidden
        WHEN 'hidden' THEN closed_at IS NULL AND hidden
        WHEN 'closed' THEN closed_at IS NOT NULL
        ELSE true END
    AND (@severity::text = '' OR severity = @severity) AND (@location::text = '' OR location = @location)
    AND (@area::text = '' OR area = @area) AND (@device::text = '' OR device = @device)
    AND (@subsystem::text = '' OR subsystem = @subsystem) AND (@reason::text = '' OR reason = @reason)
    AND position(@q::text IN search) > 0;

-- name: GetAlarm :one
SELECT id, n, first_raised_at, closed_at, changed_at, document FROM alarm WHERE id = @id;

-- name: TransitionsOf :many
-- TransitionsOf gives the latest transitions of an alarm, the latest first.
SELECT n, at, what, actor, why, action, document FROM alarm_transition
WHERE alarm = @alarm ORDER BY n DESC LIMIT @max_rows::int;

-- name: AlarmsAt :many
-- AlarmsAt gives of every alarm that was on the list at a moment its last transition until then.
SELECT t.n, t.at, t.what, t.actor, t.why, t.action, t.document
FROM alarm a
CROSS JOIN LATERAL (
    SELECT * FROM alarm_transition x WHERE x.alarm = a.id AND x.at <= @at ORDER BY x.n DESC LIMIT 1
) AS t
WHERE a.first_raised_at <= @at AND (a.closed_at IS NULL OR a.closed_at > @at)
ORDER BY a.first_raised_at, a.id;
