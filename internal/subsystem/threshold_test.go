package subsystem_test

import (
	"strings"
	"testing"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

func TestThresholdsOfAnOperatorReplaceThoseOfTheSpec(t *testing.T) {
	t.Parallel()
	s := spec("env", "{root}/env/{location}/{device}/reading")
	s.Metrics = []subsystem.Metric{
		{Name: "noise", Names: city.Names{VI: "Ồn", EN: "Noise"}, Doc: "Level.", Reason: "noise", Direction: subsystem.Above, Warning: subsystem.At(70)},
		{Name: "count", Names: city.Names{VI: "Số", EN: "Count"}, Doc: "Count."},
	}
	f := factory(s)
	open := func(t subsystem.Threshold) (*subsystem.Set, error) {
		return subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{f}, Thresholds: []subsystem.Threshold{t}})
	}
	band := 2.0
	set, err := open(subsystem.Threshold{Subsystem: "env", Metric: "noise", Critical: subsystem.At(85), DeadBand: &band})
	if err != nil {
		t.Fatal(err)
	}
	m := set.ByID("env").Spec.Metric("noise")
	if *m.Warning != 70 || *m.Critical != 85 || m.DeadBand != 2 {
		t.Errorf("the metric is %+v", m)
	}
	if f.Spec.Metrics[0].Critical != nil {
		t.Error("the factory's own Spec was changed")
	}
	bad := -1.0
	for want, wrong := range map[string]subsystem.Threshold{
		`no subsystem "x"`:              {Subsystem: "x", Metric: "noise"},
		`has no metric "x"`:             {Subsystem: "env", Metric: "x"},
		`"count" of subsystem "env" is`: {Subsystem: "env", Metric: "count", Warning: subsystem.At(1)},
		"above 60 is critical and":      {Subsystem: "env", Metric: "noise", Critical: subsystem.At(60)},
		"a dead band of -1":             {Subsystem: "env", Metric: "noise", DeadBand: &bad},
	} {
		if _, err := open(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
