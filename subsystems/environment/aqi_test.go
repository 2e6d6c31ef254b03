package environment_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"opscenter/internal/subsystem"
	"opscenter/subsystems/environment"
)

// air is what a station measured: hourly means by metric, the newest first.
type air map[string][]float64

// index returns the declaration of the index.
func index() subsystem.Index { return environment.Factory().Spec.Indices[0] }

// index returns what the center computes of the air.
func (a air) index() (float64, bool) {
	x := index()
	means := make([][]float64, len(x.Inputs))
	for i, metric := range x.Inputs {
		means[i] = slices.Repeat([]float64{math.NaN()}, x.Hours)
		copy(means[i], a[metric])
	}
	return x.Compute(means)
}

// expect fails the test unless the air has that index.
func (a air) expect(t *testing.T, want float64) {
	t.Helper()
	if got, ok := a.index(); !ok || got != want {
		t.Errorf("%v: got index %v, %v, want %v", a, got, ok, want)
	}
}

func steady(concentration float64) []float64 {
	return slices.Repeat([]float64{concentration}, index().Hours)
}

func TestBreakpointsAreThoseOfTheGuide(t *testing.T) {
	t.Parallel()
	scale := []float64{0, 50, 100, 150, 200, 300, 400, 500}
	for metric, at := range map[string][]float64{
		"pm25": {0, 25, 50, 80, 150, 250, 350, 500},
		"pm10": {0, 50, 150, 250, 350, 420, 500, 600},
		"o3":   {0, 160, 200, 300, 400, 800, 1000, 1200},
		"no2":  {0, 100, 200, 700, 1200, 2350, 3100, 3850},
		"so2":  {0, 125, 350, 550, 800, 1600, 2100, 2630},
		"co":   {0, 10000, 30000, 45000, 60000, 90000, 120000, 150000},
	} {
		for i, concentration := range at {
			air{"pm25": steady(0), metric: steady(concentration)}.expect(t, scale[i])
		}
	}
}

func TestIndexIsRoundedAcrossTheBoundsOfCategories(t *testing.T) {
	t.Parallel()
	for concentration, want := range map[float64]float64{
		-3:   0,            // an instrument's drift
		25.2: 50, 25.3: 51, // 50.4, 50.6: good, moderate
		50.2: 100, 50.4: 101, // 100.33, 100.67: moderate, poor
		80.5: 150, 81: 151, // 150.36, 150.71: poor, bad
		150.4: 200, 150.6: 201, // bad, very bad
		250.4: 300, 250.6: 301, // very bad, hazardous
		500.1: 500, 9_999: 500,
	} {
		air{"pm25": steady(concentration)}.expect(t, want)
	}
}

// guideHours are the PM2.5 of section 2.3, 20:00 first.
func guideHours() []float64 {
	return []float64{20.6, 19.6, 22.4, 20.3, 16.5, 19.0, 16.5, 19.5, 23.5, 20.5, 24.7, 26.9}
}

func TestWorkedExampleOfTheGuide(t *testing.T) {
	t.Parallel()
	air{"pm25": guideHours()}.expect(t, 41) // w = 16.5/26.9 = 0.61, NowCast 20.3
	air{"pm25": guideHours(), "o3": {136.1}}.expect(t, 43)

	// The guide prints 60 for 50/100 × 18.7 + 50 = 59.35; elsewhere it rounds to the nearest.
	air{"pm25": guideHours(), "o3": {136.1}, "no2": {118.7}}.expect(t, 59)
}

func TestNowCastWeighsTheLastHoursMost(t *testing.T) {
	t.Parallel()
	missing := math.NaN()
	for _, c := range []struct {
		hours []float64
		want  float64
		why   string
	}{
		{[]float64{100, 80}, 158, "w = 0.8: (100 + 64) / 1.8 = 91.1"},
		{[]float64{100, missing, 80}, 159, "a gap keeps its place: (100 + 51.2) / 1.64 = 92.2"},
		{[]float64{missing, 100, 80}, 158, "so does the newest: (80 + 51.2) / 1.44 = 91.1"},
		{[]float64{120, 60}, 164, "w = 0.5: (120 + 30) / 1.5 = 100"},
		{[]float64{120, 30}, 157, "w is 0.5 at the least: (120 + 15) / 1.5 = 90"},
		{[]float64{100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 100, "12 hours at w = 0.5: 100 / 1.9995 = 50.0"},
		{[]float64{60, -5}, 80, "below zero is zero: 60 / 1.5 = 40, on the scale 80"},
	} {
		if got, ok := (air{"pm25": c.hours}).index(); !ok || got != c.want {
			t.Errorf("%s: got %v, %v, want %v", c.why, got, ok, c.want)
		}
	}
}

func TestTooFewHoursGiveNoIndex(t *testing.T) {
	t.Parallel()
	missing := math.NaN()
	old := []float64{missing, missing, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40}
	for _, a := range []air{{}, {"pm25": old}, {"o3": steady(500)}, {"pm25": old, "o3": steady(500)}} {
		if got, ok := a.index(); ok {
			t.Errorf("%v: got %v; without particles there is no index", a, got)
		}
	}
	air{"pm25": old, "pm10": {missing, 50, 50}}.expect(t, 50)          // one of the two is enough
	air{"pm10": steady(50), "o3": {missing, 1_200}}.expect(t, 50)      // a gas is the last hour's or nothing
	air{"pm10": steady(50), "co": {30_000}, "so2": {0}}.expect(t, 100) // and the worst of them counts
}

// anyAir draws hours of some pollutants, with gaps.
func anyAir(t *rapid.T) air {
	hour := rapid.OneOf(rapid.Just(math.NaN()), rapid.Float64Range(-10, 1_000), rapid.Float64Range(0, 200_000))
	return rapid.MapOf(rapid.SampledFrom(index().Inputs), rapid.SliceOfN(hour, 12, 12)).Draw(t, "air")
}

func TestIndexStaysOnItsScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		got, _ := anyAir(t).index()
		if !(got >= 0 && got <= 500) || got != math.Trunc(got) {
			t.Fatalf("got %v", got)
		}
	})
}

func TestMoreOfOnePollutantNeverLowersTheIndex(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyAir(t)
		metric := rapid.SampledFrom(index().Inputs).Draw(t, "pollutant")
		times := float64(rapid.IntRange(2, 20).Draw(t, "times"))
		worse := maps.Clone(a)
		worse[metric] = slices.Clone(a[metric])
		for i := range worse[metric] {
			worse[metric][i] *= times
		}
		before, known := a.index()
		after, still := worse.index()
		if known != still || after < before {
			t.Fatalf("%s times %v: from %v, %v to %v, %v", metric, times, before, known, after, still)
		}
	})
}
