package socioeconomic_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/socioeconomic"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, socioeconomic.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, socioeconomic.Factory()) }
