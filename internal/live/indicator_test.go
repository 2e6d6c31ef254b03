package live_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

func TestIndicatorsAreShapedAsTheContractSays(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	c.apply(
		tells(after(0), "on_time", "2026-11-22", 91),
		tells(after(1), "on_time", "2026-11-23", 88, revision(2), func(o *city.Observation) {
			o.Indicator.Numerator, o.Indicator.Denominator = subsystem.At(88), subsystem.At(100)
		}),
		tells(after(2), "on_time", "2026-11-23", 97.5, scope("ward-7"), observed(after(1))),
	)
	var got, want map[string]any
	c.board.Cut(func(p city.Picture) {
		data, _ := p.Entity("subsystem/services")
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
	})
	if err := json.Unmarshal([]byte(`{
		"on_time": {"value":88,"unit":"%","numerator":88,"denominator":100,"period":"2026-11-23","period_type":"day","revision":2,
			"observed_at":"2026-11-23T08:15:01+07:00","received_at":"2026-11-23T08:15:01+07:00","valid_until":"2026-11-23T11:15:01+07:00",
			"status":"warning","reason":"late","target":95,"good":"above","computed":false,"trend":[91]},
		"on_time@ward-7": {"value":97.5,"unit":"%","period":"2026-11-23","period_type":"day","revision":0,"scope":"ward-7",
			"observed_at":"2026-11-23T08:15:01+07:00","received_at":"2026-11-23T08:15:02+07:00","valid_until":"2026-11-23T11:15:02+07:00",
			"status":"ok","reason":"","target":95,"good":"above","computed":false},
		"backlog": {"unit":"","period_type":"day","revision":0,"status":"unknown","reason":"never_heard","good":"below","computed":false},
		"revenue": {"unit":"₫","period_type":"month","revision":0,"status":"unknown","reason":"never_heard","computed":false},
		"opened": {"value":0,"unit":"","period":"2026-11-23","period_type":"day","revision":0,"observed_at":"2026-11-23T08:15:00+07:00","status":"ok","reason":"","computed":true},
		"open": {"value":0,"unit":"","period":"2026-11-23","period_type":"day","revision":0,"observed_at":"2026-11-23T08:15:00+07:00","status":"ok","reason":"","computed":true},
		"overdue": {"value":0,"unit":"","period":"2026-11-23","period_type":"day","revision":0,"observed_at":"2026-11-23T08:15:00+07:00","status":"ok","reason":"","good":"below","computed":true},
		"closed": {"value":0,"unit":"","period":"2026-11-23","period_type":"day","revision":0,"observed_at":"2026-11-23T08:15:00+07:00","status":"ok","reason":"","computed":true},
		"hours": {"unit":"h","period":"2026-11-23","period_type":"day","revision":0,"observed_at":"2026-11-23T08:15:00+07:00","status":"unknown","reason":"","good":"below","computed":true}
	}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, got["indicators"]); diff != "" {
		t.Fatal(diff)
	}
}

func TestOfTwoFiguresTheNewerCounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		first, second city.Entry
		want          string
	}{
		{"a later period", tells(after(0), "on_time", "2026-11-22", 1), tells(after(1), "on_time", "2026-11-23", 2), "2026-11-23 r0 2"},
		{"an earlier period", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-11-22", 2, revision(9)), "2026-11-23 r0 1"},
		{"a later revision", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-11-23", 2, revision(1), observed(after(-9))), "2026-11-23 r1 2"},
		{"an earlier revision", tells(after(0), "on_time", "2026-11-23", 1, revision(1)), tells(after(1), "on_time", "2026-11-23", 2), "2026-11-23 r1 1"},
		{"observed later", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-11-23", 2), "2026-11-23 r0 2"},
		{"observed earlier", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-11-23", 2, observed(after(-1))), "2026-11-23 r0 1"},
		{"observed at once", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-11-23", 2, observed(after(0))), "2026-11-23 r0 2"},
		{"by a clock that was ahead", tells(after(0), "on_time", "2026-11-23", 1, observed(after(1e6))), tells(after(1), "on_time", "2026-11-23", 2), "2026-11-23 r0 2"},
		{"a month over a year's end", tells(after(0), "revenue", "2025-12", 1), tells(after(1), "revenue", "2026-01", 2), "2026-01 r0 2"},
		{"a period that is far ahead", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2036-11-23", 2), "2026-11-23 r0 1"},
		{"a period of another kind", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-W48", 2), "2026-11-23 r0 1"},
		{"no period", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-13-45", 2), "2026-11-23 r0 1"},
		{"no number", tells(after(0), "on_time", "2026-11-23", 1), tells(after(1), "on_time", "2026-11-23", math.NaN()), "2026-11-23 r0 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newServices(t)
			c.apply(tt.first, tt.second)
			code := tt.first.Observation.Indicator.Code
			if got := figure(c.indicator(code)); got != tt.want {
				t.Fatalf("shown is %s, want %s", got, tt.want)
			}
			if n := c.memory.told(); n != 2 {
				t.Fatalf("%d figures were recorded, want both", n)
			}
		})
	}
}

func TestWhatIsShownIsTheNewestOfAllThatWasTold(t *testing.T) {
	t.Parallel()
	type teller struct {
		period   string
		revision int
		observed int
		value    float64
	}
	rapid.Check(t, func(r *rapid.T) {
		said := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) teller {
			return teller{
				rapid.SampledFrom([]string{"2026-09", "2026-10", "2026-11"}).Draw(r, "period"), rapid.IntRange(0, 3).Draw(r, "revision"),
				rapid.IntRange(-4, 0).Draw(r, "observed"), float64(rapid.IntRange(0, 1e6).Draw(r, "value")),
			}
		}), 1, 30).Draw(r, "said")
		c := newServices(t)
		for i, s := range said {
			c.apply(tells(after(float64(i)), "revenue", s.period, s.value, revision(s.revision), observed(after(float64(s.observed)))))
		}
		distinct := map[teller]bool{}
		newest := slices.MaxFunc(said, func(a, b teller) int {
			distinct[a], distinct[b] = true, true
			return cmp.Or(cmp.Compare(a.period, b.period), cmp.Compare(a.revision, b.revision), cmp.Compare(a.observed, b.observed))
		})
		got := c.indicator("revenue")
		if got.Period != newest.period || got.Revision != newest.revision || !got.ObservedAt.Equal(after(float64(newest.observed))) {
			r.Fatalf("shown is %s of %s, want %+v", figure(got), got.ObservedAt, newest)
		}
		if n := c.memory.told(); n > len(said) || len(said) < 16 && len(said) > 1 && n != len(distinct) {
			r.Fatalf("%d figures were recorded, and %d of %d differ", n, len(distinct), len(said))
		}
	})
}

func TestAFigureIsStaleExactlyWhenItsValidityEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code, period string
		valid        float64
	}{
		{"on_time", "2026-11-23", 3 * 3600},   // three times the subsystem's cadence
		{"backlog", "2026-11-23", 1.5 * 3600}, // as declared
		{"revenue", "2026-11", 72 * 3600},     // three times its own
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			c := newServices(t)
			c.apply(tells(after(0), tt.code, tt.period, 5, byNobody), mark(after(tt.valid-0.000001)))
			if got := c.indicator(tt.code); got.Status == city.Stale || !got.ValidUntil.Equal(after(tt.valid)) {
				t.Fatalf("before its time it is %s, valid until %s", got.Status, got.ValidUntil)
			}
			take, cancel := watch(c.board)
			defer cancel()
			c.apply(mark(after(tt.valid)))
			if got := c.indicator(tt.code); got.Status != city.Stale || got.Reason != city.ReasonSilent || figure(got) == "nothing" {
				t.Fatalf("at that time it is %s (%s), %s", got.Status, got.Reason, figure(got))
			}
			if keys := take(); !slices.Contains(keys, "subsystem/services@") {
				t.Fatalf("only %v changed", keys)
			}
			c.apply(tells(after(tt.valid+1), tt.code, tt.period, 5))
			if got := c.indicator(tt.code); got.Status == city.Stale {
				t.Fatal("it is still stale, though it was told again")
			}
		})
	}
}

func TestAFigureToldAtTheLastMomentIsInTime(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	c.apply(tells(after(0), "backlog", "2026-11-23", 5), tells(after(5400), "backlog", "2026-11-23", 5), mark(after(10799)))
	if got := c.indicator("backlog"); got.Status != city.OK || !got.ValidUntil.Equal(after(10800)) {
		t.Fatalf("it is %s until %s", got.Status, got.ValidUntil)
	}
}

func TestAReplayedFigureIsAsOldAsItSays(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	c.apply(retained(tells(after(0), "backlog", "2026-11-22", 5, observed(after(-5399)))))
	if got := c.indicator("backlog").Status; got != city.OK {
		t.Fatalf("it is %s, want ok for another second", got)
	}
	c.apply(mark(after(1)))
	if got := c.indicator("backlog").Status; got != city.Stale {
		t.Fatalf("it is %s, want stale", got)
	}
	c.apply(tells(after(20), "backlog", "2026-11-23", 5, observed(after(2))), retained(tells(after(30), "backlog", "2026-11-23", 6, observed(after(2)))))
	if got := c.indicator("backlog"); got.Status != city.OK || !got.ReceivedAt.Equal(after(20)) {
		t.Fatalf("it is %s, received at %s", got.Status, got.ReceivedAt)
	}
}

func TestAFigureIsJudgedOnTheSideThatIsBad(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code   string
		value  float64
		status city.Status
		reason city.Reason
	}{
		{"on_time", 90, city.OK, ""},
		{"on_time", 89.9, city.Warning, "late"},
		{"on_time", 79, city.Critical, "late"},
		{"backlog", 10, city.OK, ""},
		{"backlog", 11, city.Warning, "backlog"},
		{"backlog", -5, city.OK, ""},
	} {
		t.Run(fmt.Sprint(tt.code, tt.value), func(t *testing.T) {
			t.Parallel()
			c := newServices(t)
			c.apply(tells(after(0), tt.code, "2026-11-23", tt.value))
			if got := c.indicator(tt.code); got.Status != tt.status || got.Reason != tt.reason {
				t.Fatalf("it is %s (%s), want %s (%s)", got.Status, got.Reason, tt.status, tt.reason)
			}
			if got := c.subsystem("services").Status; got != tt.status {
				t.Fatalf("the subsystem is %s, want %s", got, tt.status)
			}
		})
	}
}

func TestASubsystemIsAsBadAsItsWorstDeviceOrFigure(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	c.apply(mark(after(0)))
	wants := func(want city.Status, why string) {
		t.Helper()
		if got := c.subsystem("services").Status; got != want {
			t.Fatalf("it is %s, want %s: %s", got, want, why)
		}
	}
	wants(city.Unknown, "its desk was never heard")
	c.apply(tells(after(1), "on_time", "2026-11-23", 99))
	wants(city.OK, "the desk spoke, and figures that were not told do not count")
	c.apply(tells(after(2), "on_time", "2026-11-23", 85, scope("ward-7")))
	wants(city.Warning, "one ward is late")
	c.apply(tells(after(3), "on_time", "2026-11-23", 95, scope("ward-7")))
	wants(city.OK, "the ward has caught up")
	c.apply(tells(after(4), "backlog", "2026-11-23", 1), mark(after(5404)))
	wants(city.Stale, "nothing was told of the backlog")
}

func TestASubsystemWithoutDevicesIsAsItsFiguresAre(t *testing.T) {
	t.Parallel()
	quiet := services()
	quiet.Cases = nil
	c := newCenterOf(t, []subsystem.Spec{quiet, sensors()}, city.Device{ID: "pm-1", Location: "loc-1", Subsystem: "env", Kind: "sensor.air"})
	c.apply(mark(after(0)))
	if got := c.subsystem("services").Status; got != city.Unknown {
		t.Fatalf("it is %s, want unknown", got)
	}
	c.apply(tells(after(1), "on_time", "2026-11-23", 99, byNobody))
	if got := c.subsystem("services").Status; got != city.OK {
		t.Fatalf("it is %s, want ok", got)
	}
}

func TestARepeatedFigureIsToldOnce(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]func(*city.Observation){"a device": func(*city.Observation) {}, "a location": byNobody} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newServices(t)
			first := tells(after(0), "on_time", "2026-11-23", 99, by)
			again := tells(after(3600), "on_time", "2026-11-23", 99, by, observed(after(0)))
			other := tells(after(0), "backlog", "2026-11-23", 9, by)
			ward := tells(after(0), "on_time", "2026-11-23", 98, by, scope("ward-7"))
			other.Observation.Digest, ward.Observation.Digest = first.Observation.Digest, first.Observation.Digest // of one message
			c.apply(first, other, ward, again)
			if n := c.memory.told(); n != 3 {
				t.Fatalf("%d figures were recorded, want 3", n)
			}
			if got := c.indicator("on_time").ReceivedAt; !got.Equal(after(0)) {
				t.Fatalf("redelivery made it fresh as of %s", got)
			}
		})
	}
}

func TestAFigureIsASignOfLifeOfItsDevice(t *testing.T) {
	t.Parallel()
	slow := services()
	slow.Topics = []subsystem.Topic{{Pattern: "{root}/services/{location}/{device}/indicator", Kind: "indicator", Cadence: 24 * time.Hour}}
	c := newCenterOf(t, []subsystem.Spec{slow}, desk("desk-1", "loc-1"))
	c.apply(tells(after(0), "revenue", "2026-11", 1))
	c.wants("desk-1", city.OK, "")
	if got := c.device("desk-1").ValidUntil; !got.Equal(after(72 * 3600)) {
		t.Fatalf("valid until %s, want three days", got)
	}
}

func TestFiguresThatAreNotDeclaredAreRecordedAndNotShown(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	before := len(c.subsystem("services").Indicators)
	c.apply(tells(after(0), "mystery", "2026-11-23", 1), tells(after(1), "open", "2026-11-23", 77), tells(after(2), "open", "2026-11-23", 77, scope("x")))
	if got := c.subsystem("services").Indicators; len(got) != before || *got["open"].Value != 0 {
		t.Fatalf("shown are %v", got)
	}
	if n := c.memory.told(); n != 3 {
		t.Fatalf("%d figures were recorded, want 3", n)
	}
}

func TestScopesAreBoundedAndTheOldestGoes(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	for i := range 2001 {
		c.apply(tells(after(float64(i)), "on_time", "2026-11-23", 99, scope(fmt.Sprintf("s-%04d", i))))
	}
	all := c.subsystem("services").Indicators
	if n := len(all) - len(services().Indicators); n != 2000 {
		t.Fatalf("%d scopes are shown, want 2000", n)
	}
	if _, first := all["on_time@s-0000"]; first {
		t.Fatal("the one received longest ago is still shown")
	}
	c.apply(mark(after(2001 + 3*3600))) // what was dropped must not come due
	if got := c.indicator("on_time@s-2000").Status; got != city.Stale {
		t.Fatalf("the last is %s", got)
	}
}

func TestTheTrendIsWhatWasToldLastOfThePeriodsBefore(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	day := time.Date(2026, 11, 1, 12, 0, 0, 0, civic())
	for i := range 20 {
		at := day.AddDate(0, 0, i)
		period := at.Format(time.DateOnly)
		c.apply(
			tells(at, "on_time", period, float64(i), observed(at)),
			tells(at.Add(time.Hour), "on_time", period, float64(100+i), revision(1), observed(at)),
			tells(at.Add(2*time.Hour), "on_time", day.Format(time.DateOnly), 7, revision(9), observed(at.Add(time.Hour))), // too late
		)
	}
	want := []float64{107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118}
	if diff := gocmp.Diff(want, c.indicator("on_time").Trend); diff != "" {
		t.Fatal(diff)
	}
}

func TestAStateFromBeforeThereWereIndicatorsIsRestored(t *testing.T) {
	t.Parallel()
	c := newServices(t)
	c.apply(tells(after(0), "on_time", "2026-11-23", 91), caseOf(after(0), after(0), "a", city.Started))
	blob, err := c.record.State()
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]json.RawMessage
	if err := json.Unmarshal(blob, &state); err != nil {
		t.Fatal(err)
	}
	delete(state, "ledgers")
	if blob, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	if err := c.board.Restore(0, blob, 1); err != nil {
		t.Fatal(err)
	}
	c.wantsFigures("on_time", "nothing", "open", 0)
	c.wants("desk-1", city.OK, "")
	c.apply(tells(after(60), "on_time", "2026-11-23", 92), caseOf(after(60), after(60), "b", city.Started))
	c.wantsFigures("on_time", 92, "open", 1)
}

func TestPartsAreTakenTogether(t *testing.T) {
	t.Parallel()
	const parts = 4
	specs := []subsystem.Spec{services()}
	here, there := "loc-1", ""
	for i := 2; there == ""; i++ {
		if l := fmt.Sprintf("loc-%d", i); city.PartitionOf(l, parts) != city.PartitionOf(here, parts) {
			there = l
		}
	}
	b := live.NewBoard(live.BoardConfig{Specs: specs, Zone: civic(), Partitions: parts})
	b.SetInventory(inventory(t, desk("desk-1", here), desk("desk-2", there)))
	for i := range parts {
		b.Apply(i, []city.Entry{mark(after(0))}, 1)
	}
	from := func(location string, e city.Entry) {
		e.Observation.Location, e.Observation.Device = location, ""
		b.Apply(city.PartitionOf(location, parts), []city.Entry{e}, 2)
	}
	from(here, tells(after(1), "on_time", "2026-11-23", 91))
	from(there, tells(after(2), "on_time", "2026-11-22", 92))
	from(here, tells(after(1), "revenue", "2026-11", 1))
	from(there, tells(after(2), "revenue", "2026-11", 2, revision(1)))
	from(there, tells(after(2), "backlog", "2026-11-23", 3, scope("ward-7")))
	from(here, caseOf(after(-3600), after(3), "a", city.Started))
	from(there, caseOf(after(-7200), after(3), "a", city.Started)) // another of the same name
	from(there, caseOf(after(-3600), after(4), "b", city.Started))
	from(there, caseOf(after(0), after(5), "b", city.Ended))
	from(here, caseOf(after(-3*3600), after(6), "c", city.Started))
	from(here, caseOf(after(0), after(7), "c", city.Ended))
	c := &center{t: t, board: b}
	for key, want := range map[string]string{
		"on_time": "2026-11-23 r0 91", "revenue": "2026-11 r1 2", "backlog@ward-7": "2026-11-23 r0 3",
		"opened": "2026-11-23 r0 4", "open": "2026-11-23 r0 2", "closed": "2026-11-23 r0 2", "hours": "2026-11-23 r0 2",
	} {
		if got := figure(c.indicator(key)); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	b.Apply(city.PartitionOf(here, parts), []city.Entry{mark(after(0).Add(17 * time.Hour))}, 3)
	if got := figure(c.indicator("opened")); got != "2026-11-24 r0 0" {
		t.Errorf("when one part is past midnight, the day is %s", got)
	}
}
