package publicservice_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/publicservice"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, publicservice.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, publicservice.Factory()) }
