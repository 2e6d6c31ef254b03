package subsystem_test

import (
	"testing"

	"opscenter/internal/subsystem"
)

func TestComputedIndicatorsAreThoseOfTheDay(t *testing.T) {
	t.Parallel()
	given := []subsystem.Indicator{{Code: "open"}, {Code: "overdue"}}
	for i, got := range subsystem.Computed(given...) {
		if !got.Computed || got.Period != subsystem.Daily || got.Code != given[i].Code {
			t.Errorf("got %+v", got)
		}
	}
	if given[0].Computed {
		t.Error("what was given was changed")
	}
}
