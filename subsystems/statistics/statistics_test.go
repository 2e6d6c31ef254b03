package statistics_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/statistics"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, statistics.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, statistics.Factory()) }
