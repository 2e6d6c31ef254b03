package environment_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/environment"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, environment.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, environment.Factory()) }
