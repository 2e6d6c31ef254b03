package health_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/health"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, health.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, health.Factory()) }
