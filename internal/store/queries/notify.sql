-- name: InsertOutbox :exec
INSERT INTO outbox (alarm, n, at, what, document)
SELECT alarm, n, at, what, document::jsonb
FROM (SELECT unnest(@alarms::text[]) AS alarm, unnest(@ns::int[]) AS n, unnest(@ats::timestamptz[]) AS at,
    unnest(@whats::text[]) AS what, unnest(@documents::text[]) AS document) AS t
ON CONFLICT (alarm, n) DO NOTHING;

-- name: TryDispatch :one
-- TryDispatch makes the transaction the only dispatcher, or returns false.
SELECT pg_try_advisory_xact_lock(hashtext('opscenter dispatch'))::boolean;

-- name: WaitingOutbox :many
SELECT id, alarm, n, at, what, document FROM outbox WHERE routed_at IS NULL ORDER BY id LIMIT @max_rows::int;

-- name: MarkRouted :exec
UPDATE outbox o SET routed_at = @routed_at::timestamptz, routes = t.routes
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@routes::int[]) AS routes) AS t WHERE o.id = t.id;

-- name: NotifyGroups :many
SELECT * FROM notify_group;

-- name: DueRepeats :many
-- DueRepeats returns the alarms that are to be told of again.
SELECT DISTINCT alarm FROM (
    SELECT alarm FROM notify_member WHERE repeat_at <= @now::timestamptz ORDER BY repeat_at LIMIT @max_rows::int
) AS due;

-- name: NotifyMembers :many
-- NotifyMembers returns where the alarms are members, and what is pending in the groups.
SELECT * FROM notify_member WHERE alarm = ANY(@alarms::text[])
UNION
SELECT * FROM notify_member WHERE group_id = ANY(@groups::text[]) AND pending <> '';

-- name: UpsertNotifyGroups :exec
-- UpsertNotifyGroups takes the first instant of year 1, Go's zero time, as no time.
INSERT INTO notify_group AS g (id, route, label, due_at, flushed_at, rounds)
SELECT id, route, label, nullif(due_at, '0001-01-01 00:00:00Z'), nullif(flushed_at, '0001-01-01 00:00:00Z'), rounds
FROM (SELECT unnest(@ids::text[]) AS id, unnest(@routes::text[]) AS route, unnest(@labels::text[]) AS label,
    unnest(@due_ats::timestamptz[]) AS due_at, unnest(@flushed_ats::timestamptz[]) AS flushed_at,
    unnest(@rounds::int[]) AS rounds) AS t
ON CONFLICT (id) DO UPDATE SET due_at = EXCLUDED.due_at, flushed_at = EXCLUDED.flushed_at, rounds = EXCLUDED.rounds;

-- name: DeleteNotifyMembers :exec
DELETE FROM notify_member m
USING (SELECT unnest(@groups::text[]) AS group_id, unnest(@alarms::text[]) AS alarm) AS t
WHERE m.group_id = t.group_id AND m.alarm = t.alarm;

-- name: UpsertNotifyMembers :exec
-- UpsertNotifyMembers takes channels and told as JSON: arrays of arrays would have to be of one length.
INSERT INTO notify_member AS m (group_id, alarm, n, document, pending, pending_at, channels, told, repeat_at)
SELECT group_id, alarm, n, document::jsonb, pending, pending_at,
    ARRAY(SELECT jsonb_array_elements_text(channels::jsonb)), ARRAY(SELECT jsonb_array_elements_text(told::jsonb)),
    nullif(repeat_at, '0001-01-01 00:00:00Z')
FROM (SELECT unnest(@groups::text[]) AS group_id, unnest(@alarms::text[]) AS alarm, unnest(@ns::int[]) AS n,
    unnest(@documents::text[]) AS document, unnest(@pendings::text[]) AS pending,
    unnest(@pending_ats::timestamptz[]) AS pending_at, unnest(@channels::text[]) AS channels,
    unnest(@tolds::text[]) AS told, unnest(@repeat_ats::timestamptz[]) AS repeat_at) AS t
ON CONFLICT (group_id, alarm) DO UPDATE SET n = EXCLUDED.n, document = EXCLUDED.document, pending = EXCLUDED.pending,
    pending_at = EXCLUDED.pending_at, channels = EXCLUDED.channels, told = EXCLUDED.told, repeat_at = EXCLUDED.repeat_at;

-- name: TrimNotifyGroups :exec
-- TrimNotifyGroups forgets groups without alarms that have said nothing for a while.
DELETE FROM notify_group g
WHERE due_at IS NULL AND flushed_at < @before::timestamptz AND NOT EXISTS (SELECT FROM notify_member m WHERE m.group_id = g.id);

-- name: InsertDelivery :batchexec
INSERT INTO delivery (id, channel, group_id, round, type, made_at, state, due_at, ended_at, error, attempts, attempted_at, alarms, document)
VALUES (@id, @channel, @group_id, @round, @type, @made_at, @state, @due_at, @ended_at, @error, @attempts, @attempted_at, @alarms, @document);

-- name: NextDelivery :one
-- NextDelivery is the earliest that waits, but for those that are set aside and not due.
SELECT * FROM delivery WHERE channel = @channel AND state = 'waiting' AND (NOT aside OR due_at <= @now::timestamptz)
ORDER BY seq LIMIT 1;

-- name: BeginAttempt :one
UPDATE delivery SET attempts = attempts + 1, attempted_at = @now::timestamptz
WHERE seq = @seq AND state = 'waiting' RETURNING attempts;

-- name: EndAttempt :execrows
UPDATE delivery SET state = @state, due_at = @due_at, aside = @aside, error = @error, ended_at = sqlc.narg(ended_at)::timestamptz
WHERE seq = @seq AND state = 'waiting';

-- name: GiveUp :execrows
UPDATE delivery SET state = 'failed', ended_at = @now::timestamptz, error = @error
WHERE channel = @channel AND state = 'waiting' AND made_at < @before::timestamptz;

-- name: Abandon :execrows
-- Abandon fails what waits for channels that there are no longer.
UPDATE delivery SET state = 'failed', ended_at = @now::timestamptz, error = @error
WHERE state = 'waiting' AND channel <> ALL(@channels::text[]);

-- name: NoteSent :exec
INSERT INTO notify_channel (name, sent_at) VALUES (@name, @at::timestamptz)
ON CONFLICT (name) DO UPDATE SET failing_since = NULL, error = '', sent_at = EXCLUDED.sent_at;

-- name: NoteFailure :exec
INSERT INTO notify_channel AS c (name, failing_since, error) VALUES (@name, @at::timestamptz, @error)
ON CONFLICT (name) DO UPDATE SET failing_since = coalesce(c.failing_since, EXCLUDED.failing_since), error = EXCLUDED.error;

-- name: NotifyChannels :many
SELECT n.name::text AS name, c.failing_since, coalesce(c.error, '')::text AS error, c.sent_at,
    (SELECT count(*) FROM delivery d WHERE d.channel = n.name AND d.state = 'waiting') AS queued
FROM (SELECT unnest(@names::text[]) AS name) AS n LEFT JOIN notify_channel c ON c.name = n.name;

-- name: CountUnrouted :one
-- CountUnrouted counts what nobody was told of because no route took it, since a time.
SELECT count(*) FROM outbox
WHERE at >= @since::timestamptz AND routed_at IS NOT NULL AND routes = 0 AND what = ANY(@whats::text[]);

-- name: ListDeliveries :many
SELECT * FROM delivery
WHERE seq < @before AND (@channel::text = '' OR channel = @channel) AND (@state::text = '' OR state = @state)
    AND (@alarm::text = '' OR alarms @> ARRAY[@alarm::text])
ORDER BY seq DESC LIMIT @max_rows::int;

-- name: CountDeliveries :one
SELECT count(*) FROM delivery
WHERE (@channel::text = '' OR channel = @channel) AND (@state::text = '' OR state = @state)
    AND (@alarm::text = '' OR alarms @> ARRAY[@alarm::text]);
