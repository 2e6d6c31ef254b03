package series_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opscenter/internal/series"
	"opscenter/internal/subsystem"
)

func plan(t testing.TB, length, step time.Duration) series.Plan {
	t.Helper()
	p, err := series.Choose(series.Want{From: noon(), To: noon().Add(length), Step: step}, kept(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func hour(n int) time.Time { return noon().Add(time.Duration(n) * time.Hour) }

func TestSamplesAddUpAndGapsStay(t *testing.T) {
	t.Parallel()
	p := plan(t, 48*time.Hour, time.Hour)
	diff(t, "points", []series.Point{
		{From: hour(0), Mean: 2.5, Min: 1, Max: 4, N: 4},
		{From: hour(3), Mean: -1, Min: -1, Max: -1, N: 1},
	}, p.Combine([]series.Sample{
		{At: hour(0), N: 3, Sum: 6, Min: 1, Max: 3},
		{At: hour(0), N: 1, Sum: 4, Min: 4, Max: 4}, // two lanes
		{At: hour(3), N: 1, Sum: -1, Min: -1, Max: -1},
		{At: hour(4), N: 2, Sum: math.Inf(1), Min: math.MaxFloat64, Max: math.MaxFloat64},
	}))
	diff(t, "nothing", []series.Point(nil), p.Combine(nil))
}

func flow() *subsystem.Aggregate {
	return &subsystem.Aggregate{Name: "vehicle_flow", Method: subsystem.RateSum, Scale: 3600}
}

func speed() *subsystem.Aggregate {
	return &subsystem.Aggregate{Name: "speed", Method: subsystem.WeightedMean}
}

func TestFlowIsARatePerDetectorSummed(t *testing.T) {
	t.Parallel()
	p := plan(t, 10*24*time.Hour, 2*time.Hour)
	reports := []series.Report{
		{Device: "cam-1", Channel: "1", At: hour(1), N: 60, Value: 600, Weight: 3600},
		{Device: "cam-1", Channel: "2", At: hour(1), N: 60, Value: 300, Weight: 3600},
		{Device: "cam-2", Channel: "1", At: hour(1), N: 30, Value: 100, Weight: 1800}, // silent for half an hour: the same rate
		{Device: "cam-1", Channel: "1", At: hour(2), N: 60, Value: 1200, Weight: 3600},
		{Device: "cam-2", Channel: "1", At: hour(9), N: 1, Value: 5, Weight: 0}, // a window without length has no rate
	}
	points, approximate := p.Aggregate(flow(), reports)
	diff(t, "approximate", false, approximate)
	// Together: (600+1200) in two hours, 300 in one, 100 in half of one.
	diff(t, "points", []series.Point{{From: hour(1), Mean: 900 + 300 + 200, Min: 1100, Max: 1400, N: 210}}, points)
}

func TestSpeedIsWeighedByVehicles(t *testing.T) {
	t.Parallel()
	p := plan(t, 10*24*time.Hour, 2*time.Hour)
	points, approximate := p.Aggregate(speed(), []series.Report{
		{Device: "cam-1", At: hour(1), N: 1, Value: 40, Weight: 10, Product: 400, Estimated: true}, // of one report nothing is lost
		{Device: "cam-2", At: hour(1), N: 1, Value: 60, Weight: 30, Product: 1800},
		{Device: "cam-1", At: hour(2), N: 1, Value: 20, Weight: 60, Product: 1200},
		{Device: "cam-1", At: hour(5), N: 1, Value: 20, Weight: 0, Product: 0}, // no vehicle, no speed
	})
	diff(t, "approximate", false, approximate)
	diff(t, "points", []series.Point{{From: hour(1), Mean: 34, Min: 20, Max: 55, N: 3}}, points)

	if _, approximate = p.Aggregate(speed(), []series.Report{{At: hour(1), N: 2, Weight: 1, Product: 3, Estimated: true}}); !approximate {
		t.Error("two reports whose products are not known are not exact")
	}
}

// Whatever is reported, each point is the formula over its reports, between its extremes, and no
// report is lost.
func TestAggregatesAreTheFormulaOverTheirReports(t *testing.T) {
	t.Parallel()
	p := plan(t, 20*24*time.Hour, 3*time.Hour)
	rapid.Check(t, func(r *rapid.T) {
		var reports []series.Report
		n, now := 0, 0
		for range rapid.IntRange(0, 40).Draw(r, "reports") {
			now += rapid.IntRange(0, 2).Draw(r, "later")
			v, w := float64(rapid.IntRange(0, 99).Draw(r, "value")), float64(rapid.IntRange(1, 9).Draw(r, "weight"))
			reports = append(reports, series.Report{Device: rapid.SampledFrom([]string{"a", "b"}).Draw(r, "device"), At: hour(now), N: 1, Value: v, Weight: w, Product: v * w})
			n++
		}
		points, _ := p.Aggregate(speed(), reports)
		for i, point := range points {
			product, weight := 0.0, 0.0
			for _, report := range reports {
				if p.Bucket(report.At).Equal(point.From) {
					product += report.Product
					weight += report.Weight
				}
			}
			if math.Abs(point.Mean-product/weight) > 1e-9 || point.Min > point.Mean || point.Max < point.Mean {
				r.Fatalf("%+v, want %v", point, product/weight)
			}
			if i > 0 && !points[i-1].From.Before(point.From) {
				r.Fatalf("points are not in order: %v", points)
			}
			n -= point.N
		}
		if n != 0 {
			r.Fatalf("%d reports are in no point", n)
		}
	})
}
