package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Size is how much room one class of data takes on disk, indexes included. Rows is PostgreSQL's own
// estimate.
type Size struct {
	Class      string
	Bytes      int64
	Rows       int64
	Partitions int // 0: the class is not split; the one for misdated rows does not count
}

// Sizes returns the size of each class of data.
func (s *Store) Sizes(ctx context.Context) ([]Size, error) {
	var ids, tables []string
	for _, c := range classes() {
		ids, tables = append(ids, c.id), append(tables, c.table)
	}
	const query = `SELECT c.id, sum(pg_total_relation_size(t.oid))::bigint, sum(greatest(t.reltuples, 0))::bigint,
			count(*) FILTER (WHERE t.relispartition AND t.relname <> c.root || '_default')
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS c(id, root, i)
		JOIN pg_class t ON t.oid = to_regclass(c.root)
			OR t.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(c.root))
		WHERE t.relkind <> 'p' GROUP BY c.id, c.i ORDER BY c.i`
	rows, err := s.pool.Query(ctx, query, ids, tables)
	if err != nil {
		return nil, fmt.Errorf("sizes: %w", err)
	}
	sizes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Size])
	if err != nil {
		return nil, fmt.Errorf("sizes: %w", err)
	}
	return sizes, nil
}
