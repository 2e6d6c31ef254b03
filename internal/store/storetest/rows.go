package storetest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Rows returns the rows of a query on a database, each as the values that pgx makes of it.
func Rows(t testing.TB, url, query string) [][]any {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close(ctx) }() // only read from
	rows, err := connection.Query(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		t.Fatal(err)
	}
	return out
}
