package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"
	"time"

	"opscenter/internal/config"
	"opscenter/internal/httpapi"
)

// PrintRetention writes what the center that runs in the data directory keeps of each class of data, as
// a table for people.
func PrintRetention(ctx context.Context, c config.Serve, w io.Writer) error {
	url := runningCenter(ctx, c.Data)
	if url == "" {
		return fmt.Errorf("no center runs in the data directory %s", c.Data)
	}
	answer, err := overHTTP(ctx, http.MethodGet, url+"/api/v1/retention", nil)
	if err != nil {
		return err
	}
	var list httpapi.List[httpapi.KeptClass]
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		return fmt.Errorf("answer of %s: %w", url, err)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "class\tkeeps\toldest\tsize\trows\tpartitions\theld\tdue\tname") // Flush tells of failures
	for i := range list.Items {
		k := &list.Items[i]
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", k.Class, keeps(k.KeepS), dateOrDash(k.Oldest), size(k.Bytes), k.Rows,
			countOrDash(k.Partitions), held(&k.Held), parts(k.Due.Partitions, k.Due.Rows), k.Names.VI)
	}
	return table.Flush()
}

// keeps is how long something is kept: in days where it is whole days.
func keeps(seconds int64) string {
	const day = 24 * 60 * 60
	switch {
	case seconds == 0:
		return "for ever"
	case seconds%day == 0:
		return fmt.Sprintf("%d d", seconds/day)
	}
	return (time.Duration(seconds) * time.Second).String()
}

func dateOrDash(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

func countOrDash(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// size is a number of bytes in the largest unit of which there is at least one.
func size(bytes int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if bytes >= unit.bytes {
			return fmt.Sprintf("%.1f %s", float64(bytes)/float64(unit.bytes), unit.name)
		}
	}
	return fmt.Sprintf("%d B", bytes)
}

func held(h *httpapi.Held) string {
	if len(h.Holds) == 0 {
		return "-"
	}
	return fmt.Sprintf("by %d: %s", len(h.Holds), parts(h.Partitions, h.Rows))
}

// parts is a number of partitions and of rows beside them.
func parts(partitions int, rows int64) string {
	switch {
	case partitions == 0 && rows == 0:
		return "-"
	case rows == 0:
		return fmt.Sprintf("%d partitions", partitions)
	case partitions == 0:
		return fmt.Sprintf("%d rows", rows)
	}
	return fmt.Sprintf("%d partitions, %d rows", partitions, rows)
}
