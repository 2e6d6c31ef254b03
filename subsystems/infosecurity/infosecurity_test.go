package infosecurity_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/infosecurity"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, infosecurity.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, infosecurity.Factory()) }
