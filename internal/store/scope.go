package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Scope says whose readings: those of the devices that were at a location or in an area at the time, or
// of a subsystem. One field is set.
type Scope struct {
	Location, Area, Subsystem string // ids
}

// condition returns what a placement p must fulfil, where $1 is what arg is. A device that is not
// registered any more may have been of any subsystem: its messages tell.
func (s Scope) condition() (sql, arg string) {
	switch {
	case s.Location != "":
		return "p.location = $1", s.Location
	case s.Area != "":
		return "p.area = $1", s.Area
	}
	return "NOT EXISTS (SELECT FROM device d WHERE d.id = p.device AND d.subsystem <> $1)", s.Subsystem
}

// GatherQuery selects the readings of one metric of all devices of a scope.
type GatherQuery struct {
	Scope      Scope
	Metric     string
	Resolution Resolution
	From, To   time.Time // inclusive, exclusive
}

// Gathered is what all of them have at At, or from At on: N readings.
type Gathered struct {
	At            time.Time
	N             int
	Sum, Min, Max float64
}

// Gather adds up the readings of one metric over the devices of a scope, oldest first.
func (s *Store) Gather(ctx context.Context, q GatherQuery) ([]Gathered, error) {
	src := q.Resolution.sumSource()
	where, arg := q.Scope.condition()
	least, most := "r.values[s.value]", "r.values[s.value]"
	if q.Resolution != Raw {
		least, most = "r.min[s.value]", "r.max[s.value]"
	}
	sql := fmt.Sprintf(`WITH s AS MATERIALIZED (
		SELECT s.id, p.during, array_position(s.metrics, $2::text) AS value
		FROM placement p JOIN series s ON s.device = p.device
		WHERE %s AND p.during && tstzrange($3::timestamptz, $4::timestamptz) AND s.metrics @> ARRAY[$2::text])
	SELECT %[3]s, sum(%[5]s)::bigint, sum(%[6]s[s.value]), min(%[7]s), max(%[8]s)
	FROM s JOIN %[2]s r ON r.series_id = s.id AND %[3]s >= $3::timestamptz AND %[3]s < $4::timestamptz AND s.during @> (%[4]s)
	GROUP BY 1 ORDER BY 1`, where, src.table, src.at, src.end, src.n, src.values, least, most)
	rows, err := s.pool.Query(ctx, sql, clean(arg), q.Metric, dated(q.From), dated(q.To))
	if err != nil {
		return nil, fmt.Errorf("%q of %+v: %w", q.Metric, q.Scope, err)
	}
	gathered, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Gathered])
	if err != nil {
		return nil, fmt.Errorf("%q of %+v: %w", q.Metric, q.Scope, err)
	}
	return gathered, nil
}
