package ingest_test

import (
	"strings"
	"testing"

	"opscenter/internal/city"
	"opscenter/internal/ingest"
)

func TestAStrangerInADialectIsDiscoveredOnceInAWhile(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	for range 31 { // one a second
		d.send(faultyTopic, "from a")
	}
	d.send(faultyTopic, "from b announced")
	d.send(faultyTopic, "from b announced")
	entries := d.finish(t)
	var seen []string
	for _, e := range entries {
		r := e.Rejection
		if r == nil || r.Code != ingest.Unregistered || r.Subsystem != "faulty" || r.Topic != faultyTopic || len(r.Sealed) > 0 {
			t.Fatalf("got %+v", e)
		}
		seen = append(seen, r.External)
	}
	if got := strings.Join(seen, " "); got != "fake:a fake:a fake:b fake:b" {
		t.Errorf("got %s", got)
	}
	if a := entries[2].Rejection.Announcement; a == nil || a.Name != "b" {
		t.Errorf("announced as %+v", a)
	}
}

func TestTheSampleOfAStrangerHasItsPlatesMasked(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{`from a {"plate":"XQ7ZW3V"}`, `from a 19A-123.45`, `from a announced {"licence":"XQ7ZW3V"}`} {
		d := setup(t)
		d.run(t.Context())
		d.send(faultyTopic, payload)
		entries := d.finish(t)
		all := everything(t, entries)
		if r := entries[0].Rejection; r == nil || !strings.HasPrefix(r.Shown, "from a") || !strings.Contains(r.Shown, "*") {
			t.Errorf("%s: got %+v", payload, entries[0])
		}
		if strings.Contains(all, "XQ7") || strings.Contains(all, "A-123") {
			t.Errorf("%s: the plate is in clear: %s", payload, all)
		}
	}
}

func TestAStrangerInTheCentersOwnFormatIsQuarantinedByName(t *testing.T) {
	t.Parallel()
	for topic, want := range map[string]string{
		"ioc/v1/trafficsafety/loc-005/cam-099/health": city.NativeDialect + ":trafficsafety/cam-099",
		"ioc/v1/trafficsafety/loc-005/CAM 99/health":  "", // nobody could register it
		"ioc/v1/trafficsafety/loc-006/cam-017/health": "", // registered elsewhere
	} {
		d := setup(t)
		d.run(t.Context())
		d.send(topic, health)
		r := d.finish(t)[0].Rejection
		if r.External != want || len(r.Sealed) == 0 {
			t.Errorf("%s: got %q, %d bytes sealed", topic, r.External, len(r.Sealed))
		}
	}
}
