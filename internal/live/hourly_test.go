package live_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// air measures dust and gas, and computes of three hours of dust the sum, newest hour weighted
// double, and of one hour of both their difference.
func air() subsystem.Spec {
	at := subsystem.At
	return subsystem.Spec{
		ID: "air", Names: city.Names{VI: "Không khí", EN: "Air"}, Cadence: 5 * time.Minute,
		Metrics: []subsystem.Metric{
			{Name: "pm25", Unit: "µg/m³"},
			{Name: "no2", Unit: "µg/m³"},
			{Name: "aqi", Reason: "polluted", Direction: subsystem.Above, Warning: at(100), Critical: at(150)},
			{Name: "gap"},
		},
		Indices: []subsystem.Index{
			{Metric: "aqi", Inputs: []string{"pm25"}, Hours: 3, Compute: func(means [][]float64) (float64, bool) {
				if math.IsNaN(means[0][0]) {
					return 0, false
				}
				sum := means[0][0]
				for _, v := range means[0] {
					if !math.IsNaN(v) {
						sum += v
					}
				}
				return sum, true
			}},
			{Metric: "gap", Inputs: []string{"no2", "pm25"}, Hours: 1, Compute: func(means [][]float64) (float64, bool) {
				return means[0][0] - means[1][0], true
			}},
		},
	}
}

func station() city.Device {
	return city.Device{ID: "air-1", Location: "loc-1", Subsystem: "air", Kind: "sensor.air", RegisteredAt: start()}
}

func newAir(t testing.TB) *center {
	t.Helper()
	return newCenterOf(t, []subsystem.Spec{air()}, station())
}

// clock returns a moment of the civic day on which the tests begin, from its hour and minute on.
func clock(hour, minute int, more ...time.Duration) time.Time {
	at := time.Date(2026, 11, 23, hour, minute, 0, 0, civic())
	for _, d := range more {
		at = at.Add(d)
	}
	return at
}

func measures(at, observed time.Time, readings ...city.Reading) city.Entry {
	return said(at, city.Observation{
		Subsystem: "air", Location: "loc-1", Device: "air-1", Kind: "reading", ObservedAt: observed, Readings: readings,
	})
}

func dust(at time.Time, value float64) city.Entry {
	return measures(at, at, city.Reading{Metric: "pm25", Value: value})
}

// wantsIndex fails unless the station shows that value of a metric, or none if it is NaN.
func (c *center) wantsIndex(metric string, value float64) {
	c.t.Helper()
	got := math.NaN()
	if r, ok := c.device("air-1").Readings[metric]; ok {
		got = r.Value
	}
	if !cmp.Equal(got, value, cmpopts.EquateNaNs()) {
		c.t.Fatalf("%s is %v, want %v", metric, got, value)
	}
}

func TestAnIndexIsComputedAMinuteAfterTheHour(t *testing.T) {
	t.Parallel()
	c := newAir(t)
	c.apply(dust(clock(8, 20), 30), dust(clock(8, 40), 50), mark(clock(9, 1, -time.Microsecond)))
	c.wantsIndex("aqi", math.NaN())
	c.apply(mark(clock(9, 1)))
	c.wantsIndex("aqi", 80)
	c.wantsIndex("gap", math.NaN()) // there was no gas
	v := c.device("air-1").Readings["aqi"]
	if !v.ObservedAt.Equal(clock(9, 0)) || v.Status != city.OK {
		t.Fatalf("it is observed at %s, %s", v.ObservedAt, v.Status)
	}
	c.apply(measures(clock(9, 10), clock(9, 10), city.Reading{Metric: "pm25", Value: 60}, city.Reading{Metric: "no2", Value: 75}), mark(clock(10, 1)))
	c.wantsIndex("aqi", 160)
	c.wantsIndex("gap", 15)
	c.wants("air-1", city.Critical, "polluted")
	if at := c.memory.last(t, "air-1").At; !at.Equal(clock(10, 1)) {
		t.Fatalf("it became so at %s", at)
	}
}

func TestAnIndexIsRememberedAsAReading(t *testing.T) {
	t.Parallel()
	var told []city.Observation
	p := live.NewProjection(live.ProjectionConfig{Specs: []subsystem.Spec{air()}, Zone: civic(), Effects: &listener{memory: newMemory(), told: &told}})
	p.SetInventory(inventory(t, station()))
	for _, e := range []city.Entry{dust(clock(8, 20), 30), dust(clock(9, 20), 30), mark(clock(11, 0))} {
		p.Apply(&e)
	}
	told = slices.DeleteFunc(told, func(o city.Observation) bool { return o.Kind != "index" })
	want := []city.Observation{
		{Subsystem: "air", Location: "loc-1", Device: "air-1", Kind: "index", ObservedAt: clock(9, 0), ReceivedAt: clock(9, 1), Readings: []city.Reading{{Metric: "aqi", Value: 60}}},
		{Subsystem: "air", Location: "loc-1", Device: "air-1", Kind: "index", ObservedAt: clock(10, 0), ReceivedAt: clock(10, 1), Readings: []city.Reading{{Metric: "aqi", Value: 90}}},
	}
	if diff := cmp.Diff(want, told, cmpopts.EquateApproxTime(0), cmpopts.IgnoreFields(city.Observation{}, "Digest")); diff != "" {
		t.Fatal(diff)
	}
	if a, b := told[0].Digest, told[1].Digest; a == 0 || b == 0 || a == b {
		t.Fatalf("the digests are %d and %d", a, b)
	}
}

// listener keeps the observations whose readings it is told.
type listener struct {
	*memory
	told *[]city.Observation
}

func (l *listener) Reading(_ *city.Device, o *city.Observation) { *l.told = append(*l.told, *o) }

func TestAMeasurementCountsInTheHourInWhichItWasMade(t *testing.T) {
	t.Parallel()
	c := newAir(t)
	c.apply(
		dust(clock(8, 30), 10),
		dust(clock(9, 0), 100), // of the next hour
		measures(clock(9, 0, 30*time.Second), clock(8, 59, 59*time.Second), city.Reading{Metric: "pm25", Value: 20}), // late, and in time
		measures(clock(9, 1), clock(8, 58), city.Reading{Metric: "pm25", Value: 60}),                                 // at the last moment
	)
	c.wantsIndex("aqi", 60) // (10 + 20 + 60) ÷ 3, twice
	c.apply(
		measures(clock(9, 1, time.Microsecond), clock(8, 57), city.Reading{Metric: "pm25", Value: 1e6}),             // too late
		measures(clock(9, 30), clock(9, 31, time.Second), city.Reading{Metric: "pm25", Value: 1e6}),                 // by a clock far ahead
		measures(clock(9, 59), clock(10, 0), city.Reading{Metric: "pm25", Value: 40}),                               // by one a little ahead
		measures(clock(9, 59, 1), clock(9, 50).AddDate(-1, 0, 0), city.Reading{Metric: "pm25", Value: 1e6}),         // of last year
		measures(clock(9, 59, 2), clock(9, 59, 2), city.Reading{Metric: "pm25", Value: math.Inf(1)}),                // no number
		retained(measures(clock(9, 59, 3), time.Time{}, city.Reading{Metric: "pm25", Value: 1e6})),                  // of nobody knows when
		measures(clock(9, 59, 4), time.Time{}, city.Reading{Metric: "pm25", Value: 100}),                            // undated, so of now
		measures(clock(9, 59, 5), clock(9, 59, 5), city.Reading{Metric: "aqi", Value: 5}), dust(clock(10, 0), 41.5), // not an input
	)
	c.apply(mark(clock(10, 1)))
	c.wantsIndex("aqi", 230) // twice 100, and 30
	c.apply(mark(clock(11, 1)))
	c.wantsIndex("aqi", 2*40.75+100+30)
}

func TestTheFirstMeasurementOfADeviceMayComeBetweenTwoHours(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first city.Entry
		ended time.Time
	}{
		"of the hour before, at the last moment": {measures(clock(9, 1), clock(8, 58), city.Reading{Metric: "pm25", Value: 40}), clock(9, 1)},
		"of the hour that has begun":             {dust(clock(9, 0, 20*time.Second), 40), clock(10, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newAir(t)
			c.apply(tt.first, mark(tt.ended))
			c.wantsIndex("aqi", 80)
		})
	}
}

func TestAnIndexIsFreshForThreeHoursAndNoSignOfLife(t *testing.T) {
	t.Parallel()
	c := newAir(t)
	c.apply(dust(clock(8, 59), 80), mark(clock(9, 14)))
	c.wants("air-1", city.Critical, "polluted") // it is silent, and what is known of it is worse
	v := c.device("air-1")
	if v.Facets[city.Link] != city.Stale || v.Readings["aqi"].Status != city.Critical || !v.ValidUntil.Equal(clock(9, 14)) {
		t.Fatalf("link %s until %s, index %s", v.Facets[city.Link], v.ValidUntil, v.Readings["aqi"].Status)
	}
	c.apply(mark(clock(12, 0, -time.Microsecond)))
	if got := c.device("air-1").Readings["aqi"].Status; got != city.Critical {
		t.Fatalf("just before noon it is %s", got)
	}
	c.apply(mark(clock(12, 0)))
	if got := c.device("air-1").Readings["aqi"].Status; got != city.Stale {
		t.Fatalf("at noon it is %s, want stale", got)
	}
}

func TestHoursThatPassUnseenAreThoseThatPassOneByOne(t *testing.T) {
	t.Parallel()
	measured := []city.Entry{dust(clock(8, 20), 30), dust(clock(9, 20), 90), dust(clock(16, 5), 70), mark(clock(23, 0))}
	var minutely []city.Entry
	at := clock(8, 19)
	for _, e := range measured {
		for ; at.Before(e.At); at = at.Add(time.Minute) {
			minutely = append(minutely, mark(at))
		}
		minutely = append(minutely, e)
	}
	seldom, often := newAir(t), newAir(t)
	seldom.apply(mark(clock(8, 19)))
	seldom.apply(measured...)
	often.apply(minutely...)
	if diff := cmp.Diff(often.memory.lines, seldom.memory.lines); diff != "" {
		t.Fatal(diff)
	}
	if n := often.memory.count("reading air-1 index"); n != 3 {
		t.Fatalf("%d indices were recorded, want one for each hour with dust", n)
	}
	if diff := cmp.Diff(picture(often.board)["device/air-1"], picture(seldom.board)["device/air-1"]); diff != "" {
		t.Fatal(diff)
	}
}

func TestComputeIsGivenTheNewestHourFirst(t *testing.T) {
	t.Parallel()
	var given [][]float64
	spec := air()
	spec.Indices = []subsystem.Index{{Metric: "aqi", Inputs: []string{"pm25", "no2"}, Hours: 4, Compute: func(means [][]float64) (float64, bool) {
		given = [][]float64{slices.Clone(means[0]), slices.Clone(means[1])}
		return 0, false
	}}}
	p := live.NewProjection(live.ProjectionConfig{Specs: []subsystem.Spec{spec}, Zone: time.FixedZone("half", 5*3600+1800)})
	p.SetInventory(inventory(t, station()))
	at := func(utcHour, minute int) time.Time { return time.Date(2026, 11, 23, utcHour, minute, 0, 0, time.UTC) }
	for _, e := range []city.Entry{
		dust(at(1, 40), 1), // the civic hour begins at half past
		measures(at(2, 29), at(2, 29), city.Reading{Metric: "no2", Value: 2}),
		dust(at(2, 31), 3), dust(at(3, 29), 5),
		dust(at(4, 30), 7),
		mark(at(5, 31)),
	} {
		p.Apply(&e)
	}
	nan := math.NaN()
	if diff := cmp.Diff([][]float64{{7, nan, 4, 1}, {nan, nan, nan, 2}}, given, cmpopts.EquateNaNs()); diff != "" {
		t.Fatal(diff)
	}
}

func TestADeviceThatMeasuresNothingKeepsNoHours(t *testing.T) {
	t.Parallel()
	c := newAir(t)
	keeps := func() bool {
		t.Helper()
		blob, err := c.record.State()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(blob), `"past":[[`)
	}
	c.apply(measures(clock(8, 20), clock(8, 20), city.Reading{Metric: "humidity", Value: 30}))
	if keeps() {
		t.Fatal("it keeps hours, and measured no input")
	}
	c.apply(dust(clock(8, 20), 30), mark(clock(11, 1)))
	if !keeps() {
		t.Fatal("it keeps no hours, and measured something three hours ago")
	}
	c.apply(mark(clock(12, 1)))
	if keeps() {
		t.Fatal("it still keeps hours in which nothing was measured")
	}
	c.apply(dust(clock(12, 30), 30), mark(clock(13, 1)))
	c.wantsIndex("aqi", 60)
}

func TestADeviceThatIsRegisteredNoLongerHasNoIndex(t *testing.T) {
	t.Parallel()
	c := newAir(t)
	c.apply(dust(clock(8, 20), 30))
	c.record.SetInventory(inventory(t, camera("cam-1", "loc-1")))
	e := mark(clock(10, 0))
	c.record.Apply(&e)
	if n := c.memory.count("reading air-1 index"); n != 0 {
		t.Fatalf("%d indices were recorded", n)
	}
}
