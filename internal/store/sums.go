package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// SumQuery selects the reports of the devices of a scope which have two metrics, by the kind of the
// message: what an aggregate is made from.
type SumQuery struct {
	Scope         Scope
	Kind          string
	Value, Weight string // metrics
	Product       string // the metric of roll-ups that holds Σ value × weight; see subsystem.Aggregate
	Resolution    Resolution
	From, To      time.Time // inclusive, exclusive
}

// Sum is what one series has at At, or from At on: N reports. Estimated says that the roll-up has no
// products, and that Product is Σ value × Σ weight ÷ N instead.
type Sum struct {
	Device, Channel        string
	At                     time.Time
	N                      int
	Value, Weight, Product float64
	Estimated              bool
}

// sumSource is what of a table of readings or roll-ups a Sum is made from: of series s and row r, with
// the places of the metrics in s.value, s.weight and s.product.
type sumSource struct{ table, at, end, n, values, product string }

func (r Resolution) sumSource() sumSource {
	rollup := sumSource{at: "r.bucket", n: "r.n", values: "r.sum", product: "r.sum[s.product]"}
	switch r {
	case PerMinute:
		rollup.table, rollup.end = "reading_minute", "r.bucket + interval '1 minute -1 microsecond'"
	case PerHour:
		rollup.table, rollup.end = "reading_hour", "r.bucket + interval '1 hour -1 microsecond'"
	case Raw:
		return sumSource{"reading", "r.observed_at", "r.observed_at", "1", "r.values", "r.values[s.value] * r.values[s.weight]"}
	}
	return rollup
}

// query finds the series once and their metrics' places with them. A bucket belongs to where the
// device was at its end.
func (s sumSource) query(where string) string {
	return fmt.Sprintf(`WITH s AS MATERIALIZED (
		SELECT s.id, s.device, s.channel, p.during, array_position(s.metrics, $3::text) AS value,
			array_position(s.metrics, $4::text) AS weight, array_position(s.metrics, $5::text) AS product
		FROM placement p JOIN series s ON s.device = p.device
		WHERE %[7]s AND p.during && tstzrange($6::timestamptz, $7::timestamptz) AND s.kind = $2 AND s.metrics @> ARRAY[$3::text, $4::text])
	SELECT s.device, s.channel, %[2]s, %[4]s, %[5]s[s.value], %[5]s[s.weight],
		coalesce(%[6]s, %[5]s[s.value] * %[5]s[s.weight] / %[4]s), %[6]s IS NULL
	FROM s JOIN %[1]s r ON r.series_id = s.id AND %[2]s >= $6::timestamptz AND %[2]s < $7::timestamptz AND s.during @> (%[3]s)
	ORDER BY %[2]s, s.device, s.channel, s.id`, s.table, s.at, s.end, s.n, s.values, s.product, where)
}

// Sums returns the sums that a query selects, oldest first.
func (s *Store) Sums(ctx context.Context, q SumQuery) ([]Sum, error) {
	sums := make([]Sum, 0, 1024)
	err := s.EachSum(ctx, q, func(sum Sum) { sums = append(sums, sum) })
	return sums, err
}

// EachSum calls visit with each of the sums that a query selects, oldest first, as they come from the
// database: those of a whole city need no room.
func (s *Store) EachSum(ctx context.Context, q SumQuery, visit func(Sum)) error {
	where, arg := q.Scope.condition()
	rows, err := s.pool.Query(ctx, q.Resolution.sumSource().query(where), //nolint:rowserrcheck // pgx.ForEachRow checks it
		clean(arg), clean(q.Kind), q.Value, q.Weight, q.Product, dated(q.From), dated(q.To))
	if err != nil {
		return fmt.Errorf("sums of %+v: %w", q.Scope, err)
	}
	var (
		sum Sum
		n   int32
	)
	_, err = pgx.ForEachRow(rows, []any{&sum.Device, &sum.Channel, &sum.At, &n, &sum.Value, &sum.Weight, &sum.Product, &sum.Estimated}, func() error {
		sum.N = int(n)
		visit(sum)
		return nil
	})
	if err != nil {
		return fmt.Errorf("sums of %+v: %w", q.Scope, err)
	}
	return nil
}
