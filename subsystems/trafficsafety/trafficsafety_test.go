package trafficsafety_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	subsystemtest.Run(t, trafficsafety.Factory())
}

func FuzzDecode(f *testing.F) { subsystemtest.Fuzz(f, trafficsafety.Factory()) }
