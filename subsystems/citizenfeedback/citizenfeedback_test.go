package citizenfeedback_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/citizenfeedback"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, citizenfeedback.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, citizenfeedback.Factory()) }
