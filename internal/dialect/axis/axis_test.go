package axis_test

import (
	"testing"

	"opscenter/internal/dialect/axis"
	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

// settings switch on everything that the dialect can read.
const settings = `{"dataq":true}`

func TestConformance(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, axis.Dialect(), trafficsafety.Factory(), settings)
}

func FuzzDecode(f *testing.F) {
	subsystemtest.FuzzDialect(f, axis.Dialect(), trafficsafety.Factory(), settings)
}
