package education_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/education"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, education.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, education.Factory()) }
