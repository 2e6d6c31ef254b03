package socialmedia_test

import (
	"testing"

	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/socialmedia"
)

func TestConformance(t *testing.T) { t.Parallel(); subsystemtest.Run(t, socialmedia.Factory()) }
func FuzzDecode(f *testing.F)      { subsystemtest.Fuzz(f, socialmedia.Factory()) }
