package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
)

// heard is a sighting of a device that spoke itself.
func heard(external string, seconds int) store.Sighting {
	return store.Sighting{At: at(seconds), Rejection: city.Rejection{
		Subsystem: "env", Topic: "t/" + external, Shown: fmt.Sprintf(`{"n":%d}`, seconds), Code: "unregistered", External: external,
	}}
}

func announced(external string, seconds int, a city.Announcement) store.Sighting {
	s := heard(external, seconds)
	s.Announcement = &a
	return s
}

func (d *db) discovered(q store.DiscoveredQuery) store.DiscoveredPage {
	d.t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	p, err := d.ListDiscovered(d.t.Context(), q)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func externals(p store.DiscoveredPage) string {
	var list []string
	for _, i := range p.Items {
		list = append(list, i.External)
	}
	return strings.Join(list, " ")
}

func TestWhatIsLearnedOfADeviceIsKept(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.commit(&store.Write{Sightings: []store.Sighting{
		announced("ttn:a", 1, city.Announcement{Name: "Sông Lô", Model: "DL-1", Kind: "sensor.level"}), heard("ttn:a", 2),
	}})
	d.commit(&store.Write{Sightings: []store.Sighting{announced("ttn:a", 3, city.Announcement{Maker: "Dragino", Model: "DL-2"})}})
	want := store.Discovered{
		External: "ttn:a", Subsystem: "env", Dialect: "ttn", Topic: "t/ttn:a", Sample: `{"n":3}`,
		Name: "Sông Lô", Maker: "Dragino", Model: "DL-2", Kind: "sensor.level", Spoke: true,
		FirstSeen: at(1), LastSeen: at(3), Sightings: 3,
	}
	page := d.discovered(store.DiscoveredQuery{})
	want.Ref = page.Items[0].Ref
	equal(t, "discovered", page.Items, []store.Discovered{want})
	if len(want.Ref) != 12 {
		t.Errorf("ref %q", want.Ref)
	}
	got, err := d.Discovered(t.Context(), want.Ref)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "by its ref", got, want)
}

func TestAWithdrawnDeviceIsGoneUnlessItSpoke(t *testing.T) {
	t.Parallel()
	gone := city.Announcement{Withdrawn: true}
	all := []store.Sighting{
		announced("ha:gone", 1, city.Announcement{Name: "a"}), announced("ha:gone", 2, gone),
		announced("ha:back", 1, city.Announcement{Name: "old", Model: "m"}), announced("ha:back", 2, gone),
		announced("ha:back", 3, city.Announcement{Name: "new"}),
		heard("ha:spoke", 1), announced("ha:spoke", 2, gone), announced("ha:never", 2, gone),
	}
	for _, step := range []int{1, 3, len(all)} { // however the log is cut into commits
		d := setup(t)
		for from := 0; from < len(all); from += step {
			d.commit(&store.Write{Sightings: all[from:min(len(all), from+step)]})
		}
		page := d.discovered(store.DiscoveredQuery{})
		equal(t, "discovered", externals(page), "ha:back ha:spoke")
		if back := page.Items[0]; back.Name != "new" || back.Model != "" || back.Sightings != 1 {
			t.Errorf("in commits of %d: %+v", step, back)
		}
	}
}

func TestDiscoveredAreFilteredAndReadPageByPage(t *testing.T) {
	t.Parallel()
	d := setup(t)
	axis := heard("axis:00408C1", 1)
	axis.Subsystem = "trafficsafety"
	d.commit(&store.Write{Sightings: []store.Sighting{
		axis, announced("ttn:b", 1, city.Announcement{Name: "Mực Nước"}), heard("ttn:c", 1), heard("native:env/x", 1),
	}})
	for want, q := range map[string]store.DiscoveredQuery{
		"axis:00408C1 native:env/x ttn:b ttn:c": {},
		"ttn:b ttn:c":                           {Dialect: "ttn"},
		"native:env/x ttn:b ttn:c":              {Subsystem: "env"},
		"axis:00408C1":                          {Text: "00408c"},
		"ttn:b":                                 {Text: "mực", Dialect: "ttn"},
		"":                                      {Text: "100%"},
	} {
		p := d.discovered(q)
		equal(t, fmt.Sprintf("%+v", q), externals(p), want)
		equal(t, "total", p.Total, int64(len(strings.Fields(want))))
	}
	first := d.discovered(store.DiscoveredQuery{Limit: 3})
	rest := d.discovered(store.DiscoveredQuery{Limit: 3, After: "ttn:b"})
	if !first.More || rest.More || first.Total != 4 || externals(first)+" "+externals(rest) != "axis:00408C1 native:env/x ttn:b ttn:c" {
		t.Errorf("pages %+v, %+v", first, rest)
	}
}

func TestRegisteredDevicesAreNotListed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.commit(&store.Write{Sightings: []store.Sighting{
		heard("axis:1", 1), heard("frigate:door", 1), heard("native:trafficsafety/cam-1", 1), heard("native:env/cam-1", 1), heard("axis:11", 1),
	}})
	inv, err := city.NewInventory(0, nil, []city.Location{{ID: "loc-1"}}, []city.Device{
		{ID: "cam-1", Location: "loc-1", Subsystem: "trafficsafety", ExternalID: "axis:1;frigate:door"},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.apply(inv)
	p := d.discovered(store.DiscoveredQuery{})
	equal(t, "discovered", externals(p), "axis:11 native:env/cam-1")
	equal(t, "total", p.Total, int64(2))
}

func TestAForgottenDeviceIsForgotten(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.commit(&store.Write{Sightings: []store.Sighting{heard("axis:1", 1)}})
	ref := d.discovered(store.DiscoveredQuery{}).Items[0].Ref
	if err := d.ForgetDiscovered(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if err := d.ForgetDiscovered(t.Context(), ref); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the second time: %v", err)
	}
	if _, err := d.Discovered(t.Context(), ref); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestTooManyDiscoveredDevicesAreTrimmed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.exec(`INSERT INTO discovered SELECT 'x:' || i, 'r', 's', 'x', '', '', '', '', '', '', '', true, t, t, 1
		FROM (SELECT i, '2026-03-14 11:00Z'::timestamptz - i * interval '1 second' AS t FROM generate_series(1, 20007) i) AS g`)
	removed, err := d.Retain(t.Context(), noon(), store.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "removed", removed, []store.Removed{{Class: "discovered", Rows: 7}})
	d.wantNumber(0, "SELECT count(*) FROM discovered WHERE external = 'x:20001'")
	d.wantNumber(1, "SELECT count(*) FROM discovered WHERE external = 'x:20000'")
}

// Whoever can publish chooses these texts.
func TestUnreasonableSightingsAreStored(t *testing.T) {
	t.Parallel()
	d := setup(t)
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 8000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	external := "x:" + string(noise)
	s := announced(external, 1, city.Announcement{Name: strings.Repeat("\x00ả", 90_000), Model: external})
	d.commit(&store.Write{Sightings: []store.Sighting{s, heard(external, 2)}})
	p := d.discovered(store.DiscoveredQuery{})
	if len(p.Items) != 1 || p.Items[0].Sightings != 2 || len(p.Items[0].External) > 1024 || len(p.Items[0].Name) > 1024 {
		t.Errorf("got %.3000v", p)
	}
	d.commit(&store.Write{Sightings: []store.Sighting{{At: time.Time{}, Rejection: city.Rejection{External: "y"}}}})
}
