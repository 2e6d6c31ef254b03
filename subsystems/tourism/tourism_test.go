package tourism_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/tourism"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, tourism.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, tourism.Factory()) }
