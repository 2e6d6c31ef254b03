package store

import (
	"testing"
	"time"

	"opscenter/internal/city"
)

// A device that changes a hundred times in one commit costs one row per change and no more.
func TestPlanClosesAndRemovesOnlyWhatIsStored(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Unix(int64(s), 0).UTC() }
	stored := map[string]Interval{"a": {From: at(0), Status: city.OK}, "b": {From: at(5), Status: city.OK}}
	plan := planIntervals(stored, []StatusChange{
		{Device: "a", Status: city.Stale, At: at(10)},
		{Device: "a", Status: city.OK, At: at(20)},
		{Device: "b", Status: city.Critical, At: at(5)},
		{Device: "b", Status: city.Critical, At: at(6)},
	})
	if len(plan.closed) != 1 || !plan.closed["a"].Equal(at(10)) || len(plan.removed) != 1 || plan.removed[0] != "b" || len(plan.added) != 3 {
		t.Errorf("got %+v", plan)
	}
}
