package onvif_test

import (
	"testing"

	"opscenter/internal/dialect/onvif"
	"opscenter/internal/subsystem/subsystemtest"
	"opscenter/subsystems/trafficsafety"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	subsystemtest.RunDialect(t, onvif.Dialect(), trafficsafety.Factory(), "")
}

func FuzzDecode(f *testing.F) {
	subsystemtest.FuzzDialect(f, onvif.Dialect(), trafficsafety.Factory(), `{"sources":true}`)
}
