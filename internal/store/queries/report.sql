-- name: InsertReportJob :execrows
INSERT INTO report_job (id, client_key, report, from_at, to_at, parameters, format, lang, schedule, period, state, due_at,
    created_at, recipients, delivery)
VALUES (@id, sqlc.narg(client_key), @report, @from_at, @to_at, @parameters, @format, @lang, @schedule, @period, 'queued', @created_at,
    @created_at, @recipients::text[], 'none')
ON CONFLICT (client_key) DO NOTHING;

-- name: ReportJobByKey :one
SELECT id FROM report_job WHERE client_key = @client_key::text;

-- name: ReportJob :one
SELECT id, report, from_at, to_at, parameters, format, lang, schedule, period, state, progress, doing_vi, doing_en, error,
    attempts, created_at, started_at, finished_at, content_type, file_name, size, (result IS NOT NULL)::boolean AS kept,
    recipients, delivery, delivery_attempts, delivery_error, delivery_at
FROM report_job WHERE id = @id;

-- name: ReportJobs :many
-- ReportJobs lists jobs, the newest first.
SELECT id, report, from_at, to_at, parameters, format, lang, schedule, period, state, progress, doing_vi, doing_en, error,
    attempts, created_at, started_at, finished_at, content_type, file_name, size, (result IS NOT NULL)::boolean AS kept,
    recipients, delivery, delivery_attempts, delivery_error, delivery_at
FROM report_job
WHERE (@before::text = '' OR id < @before) AND (@state::text = '' OR state = @state) AND (@report::text = '' OR report = @report)
ORDER BY id DESC LIMIT @max_rows::int;

-- name: CountReportJobs :one
SELECT count(*) FROM report_job WHERE (@state::text = '' OR state = @state) AND (@report::text = '' OR report = @report);

-- name: ReportJobResult :one
SELECT content_type, file_name, result FROM report_job WHERE id = @id AND result IS NOT NULL;

-- name: ResumeReportJobs :execrows
-- ResumeReportJobs puts back what was running when the process ended.
UPDATE report_job SET state = 'queued', progress = 0, doing_vi = '', doing_en = '' WHERE state = 'running';

-- name: ClaimReportJob :one
-- ClaimReportJob begins the job that has waited longest.
UPDATE report_job SET state = 'running', progress = 0, error = '', attempts = attempts + 1, started_at = @now
WHERE id = (SELECT j.id FROM report_job j WHERE j.state = 'queued' AND j.due_at <= @now ORDER BY j.due_at, j.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: NextReportJob :one
-- NextReportJob returns when the next queued job, or the next delivery, is due.
SELECT least((SELECT min(due_at) FROM report_job WHERE state = 'queued'),
    (SELECT min(delivery_at) FROM report_job WHERE delivery = 'waiting'))::timestamptz AS at
WHERE EXISTS (SELECT FROM report_job WHERE state = 'queued' OR delivery = 'waiting');

-- name: ProgressReportJob :execrows
UPDATE report_job SET progress = @progress, doing_vi = @doing_vi, doing_en = @doing_en WHERE id = @id AND state = 'running';

-- name: FinishReportJob :execrows
-- FinishReportJob keeps a result; to whom it is to be sent it is sent from now on.
UPDATE report_job SET state = 'done', progress = 1, doing_vi = '', doing_en = '', finished_at = @now::timestamptz,
    content_type = @content_type, file_name = @file_name, result = @result::bytea, size = length(@result::bytea),
    delivery = CASE WHEN cardinality(recipients) > 0 THEN 'waiting' ELSE 'none' END,
    delivery_at = CASE WHEN cardinality(recipients) > 0 THEN @now::timestamptz END
WHERE id = @id AND state = 'running';

-- name: FailReportJob :execrows
UPDATE report_job SET state = 'failed', doing_vi = '', doing_en = '', error = @error, finished_at = @now WHERE id = @id AND state = 'running';

-- name: PostponeReportJob :execrows
UPDATE report_job SET state = 'queued', progress = 0, doing_vi = '', doing_en = '', error = @error, due_at = @due_at
WHERE id = @id AND state = 'running';

-- name: CancelReportJob :execrows
UPDATE report_job SET state = 'cancelled', doing_vi = '', doing_en = '', finished_at = @now WHERE id = @id AND state IN ('queued', 'running');

-- name: DeleteReportJob :execrows
DELETE FROM report_job WHERE id = @id AND state IN ('done', 'failed', 'cancelled');

-- name: DueDelivery :one
-- DueDelivery returns the job whose result is to be sent next.
SELECT id, report, from_at, to_at, format, lang, schedule, recipients, delivery_attempts, content_type, file_name, result
FROM report_job WHERE delivery = 'waiting' AND delivery_at <= @now::timestamptz AND result IS NOT NULL ORDER BY delivery_at, id LIMIT 1;

-- name: MarkDelivery :exec
UPDATE report_job SET delivery = @delivery, delivery_attempts = @attempts, delivery_error = @error, delivery_at = @at::timestamptz
WHERE id = @id AND delivery = 'waiting';

-- name: InsertReportRun :execrows
INSERT INTO report_run (schedule, period, job, made_at) VALUES (@schedule, @period, @job, @made_at)
ON CONFLICT (schedule, period) DO NOTHING;

-- name: CountReportRuns :one
SELECT count(*) FROM report_run WHERE schedule = @schedule;

-- name: CountPlaced :one
-- CountPlaced counts the devices that were registered at some time of a period.
SELECT count(DISTINCT device) FROM placement WHERE during && tstzrange(@from_at::timestamptz, @to_at::timestamptz);

-- name: IncidentTally :many
-- IncidentTally counts the incidents that began in each quarter of an hour, by location: every zone's hours and days are
-- made of these.
SELECT location, date_bin('15 minutes', coalesce(started_at, changed_at), 'epoch')::timestamptz AS at, count(*) AS n FROM event
WHERE kind = 'incident' AND coalesce(started_at, changed_at) >= @from_at::timestamptz AND coalesce(started_at, changed_at) < @to_at::timestamptz
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: ViolationTally :many
SELECT location, date_bin('15 minutes', observed_at, 'epoch')::timestamptz AS at, count(*) AS n FROM violation
WHERE observed_at >= @from_at::timestamptz AND observed_at < @to_at::timestamptz
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: FiguresAsOf :many
-- FiguresAsOf returns the figure that counted of each period at a time: of what was received by then the highest
-- revision's latest. A scope of * selects all of them.
SELECT DISTINCT ON (begins, period, scope) * FROM indicator
WHERE subsystem = @subsystem AND code = @code AND (@scope::text = '*' OR scope = @scope)
    AND begins >= @from_day AND begins < @to_day AND received_at <= @as_of
ORDER BY begins, period, scope, revision DESC, observed_at DESC;

-- name: PlacedLocations :many
-- PlacedLocations returns the locations where devices were, as they were called and where they belonged last.
SELECT DISTINCT ON (location) location, location_name, area FROM placement
WHERE during && tstzrange(@from_at::timestamptz, @to_at::timestamptz)
ORDER BY location, upper(during) DESC NULLS FIRST;

-- name: InsertGap :exec
INSERT INTO center_gap (partition, from_at, to_at) VALUES (@partition, @from_at, @to_at) ON CONFLICT DO NOTHING;

-- name: GapsDuring :many
SELECT from_at, to_at FROM center_gap WHERE to_at > @from_at::timestamptz AND from_at < @to_at::timestamptz ORDER BY from_at, to_at;
