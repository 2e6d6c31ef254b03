package native_test

import (
	"strings"
	"testing"
	"time"

	"opscenter/internal/dialect/native"
	"opscenter/internal/subsystem"
)

const parking = `{"id":"parking","names":{"vi":"Bãi đỗ xe","en":"Parking"},"cadence_s":60,
 "metrics":[{"name":"free_spaces","names":{"vi":"Chỗ trống","en":"Free spaces"},"warning":20,"critical":5,"direction":"below"}],
 "indicators":[{"code":"occupancy_ratio","names":{"vi":"Tỷ lệ lấp đầy","en":"Occupancy"},"unit":"%","period":"day","scale":100,"warning":90,"direction":"above","cadence_s":3600}]}`

func TestManifestDeclaresASubsystem(t *testing.T) {
	t.Parallel()
	spec, err := native.ParseManifest([]byte(parking))
	if err != nil {
		t.Fatal(err)
	}
	if spec.ID != "parking" || spec.Cadence != time.Minute || spec.Names.VI != "Bãi đỗ xe" {
		t.Errorf("got %+v", spec)
	}
	if m := spec.Metric("free_spaces"); m == nil || *m.Critical != 5 || m.Direction != subsystem.Below || m.Reason != "below_limit" {
		t.Errorf("got metric %+v", m)
	}
	if i := spec.Indicator("occupancy_ratio"); i == nil || i.Good != subsystem.Below || i.Cadence != time.Hour || !i.Ratio() {
		t.Errorf("got indicator %+v", i)
	}
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{native.Standard(spec)}})
	if err != nil {
		t.Fatal(err)
	}
	r, location, device := set.Route("ioc/v1/parking/loc-001/lot-1/reading")
	if r == nil || location != "loc-001" || device != "lot-1" {
		t.Fatalf("got %v, %q, %q", r, location, device)
	}
	got, err := r.Decoder.Decode(subsystem.Message{Kind: r.Topic.Kind, ReceivedAt: received, Payload: []byte(`{"ts":"2026-11-23T08:15:00+07:00","values":{"free_spaces":4}}`)})
	if err != nil || got[0].Readings[0].Value != 4 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestBadManifestNamesTheFault(t *testing.T) {
	t.Parallel()
	for want, change := range map[string][2]string{
		`unknown field "colour"`:               {`"cadence_s":60`, `"cadence_s":60,"colour":"red"`},
		`cadence_s 0`:                          {`"cadence_s":60`, `"cadence_s":0`},
		`id "Parking" is not a slug`:           {`"id":"parking"`, `"id":"Parking"`},
		`the subsystem has no Vietnamese name`: {`"vi":"Bãi đỗ xe",`, ``},
		`there is no period "hour"`:            {`"period":"day"`, `"period":"hour"`},
		`direction "left" is neither`:          {`"direction":"above"`, `"direction":"left"`},
		`below 5 is critical and below 2 only`: {`"warning":20`, `"warning":2`},
		`there is more after the object`:       {`"id":"parking"`, `"id":"p"} {"id":"parking"`},
		`indicator "occupancy_ratio": cadence`: {`"cadence_s":3600`, `"cadence_s":-1`},
	} {
		if !strings.Contains(parking, change[0]) {
			t.Fatalf("%s is not in the manifest", change[0])
		}
		_, err := native.ParseManifest([]byte(strings.Replace(parking, change[0], change[1], 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(parking))
	f.Fuzz(func(t *testing.T, document []byte) {
		spec, err := native.ParseManifest(document)
		if err != nil {
			return
		}
		if _, err := native.Standard(spec).Open(nil); err != nil {
			t.Errorf("a good manifest cannot be opened: %v", err)
		}
	})
}
