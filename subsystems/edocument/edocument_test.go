package edocument_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/edocument"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, edocument.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, edocument.Factory()) }
