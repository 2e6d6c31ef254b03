package store_test

import (
	"testing"
	"time"

	"opscenter/internal/store"
)

func TestAGapIsKeptOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	gap := store.Gap{From: noon(), To: noon().Add(time.Minute)}
	d.commit(&store.Write{Gaps: []store.Gap{gap}})
	d.commit(&store.Write{Gaps: []store.Gap{gap}})
	for name, test := range map[string]struct {
		from, to time.Duration
		want     []store.Gap
	}{
		"around": {-time.Hour, time.Hour, []store.Gap{gap}},
		"within": {time.Second, 2 * time.Second, []store.Gap{gap}},
		"before": {-time.Hour, 0, []store.Gap{}},
		"after":  {time.Minute, time.Hour, []store.Gap{}},
	} {
		got, err := d.Gaps(t.Context(), noon().Add(test.from), noon().Add(test.to))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, name, got, test.want)
	}
}
