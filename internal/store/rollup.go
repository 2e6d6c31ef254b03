package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const rollupColumns = "bucket, series_id, n, sum, min, max"

func (span Span) table() string {
	if span == Hour {
		return "reading_hour"
	}
	return "reading_minute"
}

func (s *Store) rollupSeries(ctx context.Context, rollups []Rollup) ([]*series, error) {
	found := make([]*series, len(rollups))
	var missing []wanted
	var at []int
	for i := range rollups {
		r := &rollups[i]
		n := len(r.Metrics)
		if len(r.Sum) != n || len(r.Min) != n || len(r.Max) != n {
			return nil, fmt.Errorf("roll-up of %q: %d metrics have %d sums, %d minima, %d maxima",
				r.Device, n, len(r.Sum), len(r.Min), len(r.Max))
		}
		key := seriesKey{r.Device, r.Kind, r.Channel}
		if found[i] = s.series.findNames(key, r.Metrics); found[i] == nil && n > 0 {
			missing, at = append(missing, wanted{key, r.Metrics}), append(at, i)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	made, err := s.ensureSeries(ctx, missing)
	if err != nil {
		return nil, err
	}
	for i, series := range made {
		found[at[i]] = series
	}
	return found, nil
}

// encodeRollups appends the roll-ups of one span to d and returns how many there are.
func encodeRollups(d *copyData, rollups []Rollup, of []*series, span Span) int {
	rows := 0
	d.begin()
	for i := range rollups {
		r, series := &rollups[i], of[i]
		if series == nil || r.Span != span {
			continue
		}
		rows++
		d.row(6)
		d.timestamp(dated(r.Bucket))
		d.int4(series.id)
		d.int4(int32(r.N)) //nolint:gosec // readings of an hour
		for _, values := range [][]float64{r.Sum, r.Min, r.Max} {
			d.array(len(values))
			for j := range values {
				if series.from != nil {
					d.float8(values[series.from[j]])
				} else {
					d.float8(values[j])
				}
			}
		}
	}
	d.end()
	return rows
}

// mergeRollups adds roll-ups to the buckets of a span. A bucket may come several times at once.
func mergeRollups(ctx context.Context, tx pgx.Tx, d copyData, span Span) error {
	temporary := "merge_" + span.table()
	create := `CREATE TEMPORARY TABLE IF NOT EXISTS ` + temporary + ` (i int GENERATED ALWAYS AS IDENTITY,
		bucket timestamptz, series_id int, n int, sum float8[], min float8[], max float8[]) ON COMMIT DELETE ROWS`
	if _, err := tx.Exec(ctx, create); err != nil {
		return fmt.Errorf("merge roll-ups: %w", err)
	}
	if err := d.copyInto(ctx, tx, temporary, rollupColumns); err != nil {
		return err
	}
	// One statement updates a row only once, so the first of each bucket goes with the first
	// round, the second with the second; one round is the rule.
	merge := `WITH round AS (DELETE FROM ` + temporary + ` WHERE i IN
			(SELECT min(i) FROM ` + temporary + ` GROUP BY series_id, bucket) RETURNING ` + rollupColumns + `)
		INSERT INTO ` + span.table() + ` AS t (` + rollupColumns + `) SELECT ` + rollupColumns + ` FROM round
		ON CONFLICT (series_id, bucket) DO UPDATE SET n = t.n + EXCLUDED.n, sum = merge_sum(t.sum, EXCLUDED.sum),
			min = merge_min(t.min, EXCLUDED.min), max = merge_max(t.max, EXCLUDED.max)`
	for {
		tag, err := tx.Exec(ctx, merge)
		if err != nil {
			return fmt.Errorf("merge roll-ups: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
	}
}
