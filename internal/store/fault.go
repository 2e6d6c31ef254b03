package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"opscenter/internal/city"
)

// stretchesQuery finds like historiesQuery, and of the interval that holds $2, if its status is one of
// $4, since when the device had this status for this reason: from the interval after the last that was
// otherwise. Intervals that are ok tell nothing and are left out.
const stretchesQuery = `SELECT d.n, coalesce(CASE WHEN lower(i.during) < $2 AND i.status = ANY($4::text[]) THEN (
		SELECT lower(r.during) FROM status_interval r WHERE r.device = d.id AND lower(r.during) > coalesce((
			SELECT lower(o.during) FROM status_interval o
			WHERE o.device = d.id AND lower(o.during) < lower(i.during) AND (o.status, o.reason) <> (i.status, i.reason)
			ORDER BY lower(o.during) DESC LIMIT 1), '-infinity')
		ORDER BY lower(r.during) LIMIT 1) END, lower(i.during)),
	upper(i.during), i.status, i.reason, i.facets
	FROM unnest($1::text[]) WITH ORDINALITY AS d(id, n) CROSS JOIN LATERAL (
		(SELECT during, status, reason, facets FROM status_interval s
			WHERE s.device = d.id AND lower(s.during) <= $2 ORDER BY lower(s.during) DESC LIMIT 1)
		UNION ALL
		(SELECT during, status, reason, facets FROM status_interval s
			WHERE s.device = d.id AND lower(s.during) > $2 AND lower(s.during) < $3)
	) AS i WHERE i.status <> 'ok' ORDER BY d.n, lower(i.during)`

// openQuery finds the interval of each device that holds the moment before $2, and since when the device
// has not worked: from the interval after the last that was ok or warning.
const openQuery = `SELECT d.n, coalesce((
		SELECT lower(r.during) FROM status_interval r WHERE r.device = d.id AND lower(r.during) > coalesce((
			SELECT lower(o.during) FROM status_interval o
			WHERE o.device = d.id AND lower(o.during) < lower(i.during) AND o.status IN ('ok', 'warning')
			ORDER BY lower(o.during) DESC LIMIT 1), '-infinity')
		ORDER BY lower(r.during) LIMIT 1), lower(i.during)),
	upper(i.during), i.status, i.reason, i.facets
	FROM unnest($1::text[]) WITH ORDINALITY AS d(id, n) CROSS JOIN LATERAL (
		SELECT during, status, reason, facets FROM status_interval s
		WHERE s.device = d.id AND lower(s.during) < $2 ORDER BY lower(s.during) DESC LIMIT 1
	) AS i WHERE i.status = ANY($3::text[]) AND (upper_inf(i.during) OR upper(i.during) > $2) ORDER BY d.n`

// EachFault calls visit with every device that was registered at some time from inclusive to exclusive
// and that was not ok all of it: its placements, and those of its intervals that touch this time and
// are not ok, oldest first. The first begins where its status and reason did, if the status is one of
// those given. What it reads is of one moment. The slices are valid only during visit, whose error ends
// it.
func (s *Store) EachFault(ctx context.Context, from, to time.Time, statuses []city.Status, visit func([]Placement, []Interval) error) error {
	from, to = dated(from), dated(to)
	return s.eachStretch(ctx, from, to, visit, stretchesQuery, from, to, statusTexts(statuses))
}

// EachOpen calls visit with every device that was registered from inclusive to exclusive and that, at
// the end, had one of the statuses: its placements, and one interval that begins when the device worked
// last. Otherwise it is as EachFault.
func (s *Store) EachOpen(ctx context.Context, from, to time.Time, statuses []city.Status, visit func([]Placement, []Interval) error) error {
	from, to = dated(from), dated(to)
	return s.eachStretch(ctx, from, to, visit, openQuery, to, statusTexts(statuses))
}

func statusTexts(statuses []city.Status) []string {
	texts := make([]string, len(statuses))
	for i, s := range statuses {
		texts[i] = s.String()
	}
	return texts
}

// eachStretch runs a query whose first parameter is the devices.
func (s *Store) eachStretch(
	ctx context.Context, from, to time.Time, visit func([]Placement, []Interval) error, query string, parameters ...any,
) error {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		placements, err := readPlacements(ctx, s.queries.WithTx(tx), from, to)
		if err != nil {
			return err
		}
		ids := make([]string, len(placements))
		for i := range placements {
			ids[i] = placements[i][0].Device
		}
		rows, err := tx.Query(ctx, query, append([]any{ids}, parameters...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		return groupStretches(rows, placements, visit)
	})
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	return nil
}

// groupStretches hands over the rows device by device.
func groupStretches(rows pgx.Rows, placements [][]Placement, visit func([]Placement, []Interval) error) error {
	var stretches []Interval
	current := -1
	flush := func() error {
		if len(stretches) == 0 {
			return nil
		}
		err := visit(placements[current], stretches)
		stretches = stretches[:0]
		return err
	}
	for rows.Next() {
		device, interval, err := scanStretch(rows)
		if err != nil {
			return err
		}
		if device != current {
			if err := flush(); err != nil {
				return err
			}
			current = device
		}
		stretches = append(stretches, interval)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return flush()
}

// scanStretch reads a row of stretchesQuery or openQuery; device counts from 0.
func scanStretch(rows pgx.Rows) (device int, i Interval, err error) {
	var n int64
	var from time.Time
	var to pgtype.Timestamptz
	var status, reason string
	var facets []byte
	if err := rows.Scan(&n, &from, &to, &status, &reason, &facets); err != nil {
		return 0, Interval{}, err
	}
	i, err = readInterval(from, to.Time, !to.Valid, status, reason, facets)
	if err == nil && len(i.Facets) == 0 {
		i.Facets = nil
	}
	return int(n) - 1, i, err
}
