package ingest_test

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/dialect/native"
	"opscenter/internal/ingest"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/trafficsafety"
)

const (
	manifest = "ioc/v1/$manifest/parking"
	parking  = `{"id":"parking","names":{"vi":"Bãi đỗ xe","en":"Parking"},"cadence_s":60,"metrics":[{"name":"free","names":{"vi":"Chỗ trống","en":"Free"}}]}`
	lot      = "ioc/v1/parking/loc-005/lot-1/reading"
	free     = `{"ts":"2026-11-23T08:14:59+07:00","values":{"free":7}}`
)

// rebuild is what the program does.
func rebuild(documents map[string][]byte) (*subsystem.Set, error) {
	c := subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{trafficsafety.Factory()}}
	for id, document := range documents {
		spec, err := native.ParseManifest(document)
		if err != nil {
			return nil, err
		}
		if spec.ID != id {
			return nil, fmt.Errorf("it declares %q", spec.ID)
		}
		c.Factories = append(c.Factories, native.Standard(spec))
	}
	return subsystem.NewSet(c)
}

func setupDeclared(t testing.TB, documents map[string][]byte) *desk {
	t.Helper()
	d := setup(t)
	set, err := rebuild(documents)
	if err != nil {
		t.Fatal(err)
	}
	d.Ingest, err = ingest.New(ingest.Config{
		Subsystems: set, Seal: d.seal, Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: d.counts,
		Rebuild: rebuild, Documents: documents,
	}, d.journal)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := city.NewInventory(2, nil, []city.Location{{ID: "loc-005"}}, []city.Device{{ID: "lot-1", Location: "loc-005", Subsystem: "parking"}})
	if err != nil {
		t.Fatal(err)
	}
	d.SetInventory(inv)
	d.run(t.Context())
	return d
}

// outcome says of each entry what it is.
func outcome(entries []city.Entry) []string {
	var said []string
	for _, e := range entries {
		switch {
		case e.Observation != nil:
			said = append(said, "observation of "+e.Observation.Subsystem)
		case e.Rejection != nil:
			said = append(said, e.Rejection.Code)
		case e.Manifest != nil && len(e.Manifest.Document) == 0:
			said = append(said, "retired "+e.Manifest.Subsystem)
		case e.Manifest != nil:
			said = append(said, "declared "+e.Manifest.Subsystem)
		}
	}
	return said
}

func TestManifestRoutesWhatComesAfterIt(t *testing.T) {
	t.Parallel()
	d := setupDeclared(t, nil)
	for _, m := range [][2]string{{lot, free}, {manifest, parking}, {lot, free}, {manifest, parking}, {manifest, ""}, {lot, free}, {manifest, ""}} {
		d.send(m[0], m[1])
	}
	want := []string{"unroutable", "declared parking", "observation of parking", "retired parking", "unroutable"}
	if got := outcome(d.finish(t)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestManifestThatIsKnownSaysNothingNew(t *testing.T) {
	t.Parallel()
	d := setupDeclared(t, map[string][]byte{"parking": []byte(parking)})
	d.send(lot, free)
	d.send(manifest, parking)
	if got := outcome(d.finish(t)); !slices.Equal(got, []string{"observation of parking"}) {
		t.Errorf("got %q", got)
	}
}

func TestBadManifestChangesNothing(t *testing.T) {
	t.Parallel()
	d := setupDeclared(t, map[string][]byte{"parking": []byte(parking)})
	d.send(manifest, `{"id":"parking"}`)
	d.send("ioc/v1/$manifest/other", parking)
	d.send("ioc/v1/$manifest/trafficsafety", parking)
	d.send("ioc/v1/$manifest/trafficsafety", "")
	d.send("ioc/v1/$manifest/a/b", "{}")
	d.send(lot, free)
	want := []string{"bad_manifest", "bad_manifest", "bad_manifest", "bad_manifest", "observation of parking"}
	if got := outcome(d.finish(t)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
