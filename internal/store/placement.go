package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// Placement says where a device was registered, and whose it was, from From inclusive to To
// exclusive. To is zero while that lasts. Names are those of that time.
type Placement struct {
	Device, Name           string
	Location, LocationName string
	Area, Contractor       string
	From, To               time.Time
}

// keepPlacements brings the placements up to what the inventory now says.
func keepPlacements(ctx context.Context, q *sqlcgen.Queries) error {
	for _, step := range []func(context.Context) error{q.DropNewPlacements, q.EndPlacements, q.BeginPlacements} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("placements: %w", err)
		}
	}
	return nil
}

// EachDevice calls visit with every device that was registered at some time from inclusive to
// exclusive: its placements, and its intervals without facets, that touch this time, both whole and
// oldest first. What it reads is of one moment. The slices are valid only during visit, whose error
// ends it.
func (s *Store) EachDevice(ctx context.Context, from, to time.Time, visit func([]Placement, []Interval) error) error {
	from, to = dated(from), dated(to)
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		placements, err := readPlacements(ctx, s.queries.WithTx(tx), from, to)
		if err != nil {
			return err
		}
		return eachHistory(ctx, tx, placements, from, to, visit)
	})
	if err != nil {
		return fmt.Errorf("histories: %w", err)
	}
	return nil
}

// readPlacements returns the placements of each device, and the devices in one order.
func readPlacements(ctx context.Context, q *sqlcgen.Queries, from, to time.Time) ([][]Placement, error) {
	rows, err := q.PlacementsDuring(ctx, sqlcgen.PlacementsDuringParams{FromAt: from, ToAt: to})
	if err != nil {
		return nil, err
	}
	var devices [][]Placement
	for _, r := range rows {
		p := Placement{
			Device: r.Device, Name: r.Name, Location: r.Location, LocationName: r.LocationName,
			Area: r.Area, Contractor: r.Contractor, From: r.FromAt.UTC(),
		}
		if !r.Open {
			p.To = r.ToAt.UTC()
		}
		if last := len(devices) - 1; last >= 0 && devices[last][0].Device == r.Device {
			devices[last] = append(devices[last], p)
		} else {
			devices = append(devices, []Placement{p})
		}
	}
	return devices, nil
}

// historiesQuery finds, device by device, the interval that holds $2, which is the last that begins by
// then because intervals do not overlap, and those that begin later but before $3. Both walk the index
// on device and beginning, so the cost grows with what is found and not with what is kept.
const historiesQuery = `SELECT d.n, lower(i.during), upper(i.during), i.status
	FROM unnest($1::text[]) WITH ORDINALITY AS d(id, n) CROSS JOIN LATERAL (
		(SELECT during, status FROM status_interval s
			WHERE s.device = d.id AND lower(s.during) <= $2 ORDER BY lower(s.during) DESC LIMIT 1)
		UNION ALL
		(SELECT during, status FROM status_interval s
			WHERE s.device = d.id AND lower(s.during) > $2 AND lower(s.during) < $3)
	) AS i ORDER BY d.n, lower(i.during)`

func eachHistory(ctx context.Context, tx pgx.Tx, devices [][]Placement, from, to time.Time, visit func([]Placement, []Interval) error) error {
	ids := make([]string, len(devices))
	for i := range devices {
		ids[i] = devices[i][0].Device
	}
	rows, err := tx.Query(ctx, historiesQuery, ids, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	var history []Interval
	visited := 0 // devices
	for rows.Next() {
		device, interval, err := scanInterval(rows)
		if err != nil {
			return err
		}
		for ; visited < device; visited++ {
			if err := visit(devices[visited], history); err != nil {
				return err
			}
			history = history[:0]
		}
		history = append(history, interval)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for ; visited < len(devices); visited++ {
		if err := visit(devices[visited], history); err != nil {
			return err
		}
		history = history[:0]
	}
	return nil
}

// scanInterval reads a row of historiesQuery; device counts from 0.
func scanInterval(rows pgx.Rows) (device int, i Interval, err error) {
	var n int64
	var from time.Time
	var to pgtype.Timestamptz
	var status string
	if err := rows.Scan(&n, &from, &to, &status); err != nil {
		return 0, Interval{}, err
	}
	i.From = from.UTC()
	if to.Valid {
		i.To = to.Time.UTC()
	}
	if i.Status, err = city.ParseStatus(status); err != nil {
		return 0, Interval{}, err
	}
	return int(n) - 1, i, nil
}
