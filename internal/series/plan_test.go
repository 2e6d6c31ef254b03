package series_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"opscenter/internal/series"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// noon is noon in Việt Nam.
func noon() time.Time { return time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC) }

func kept() series.Kept {
	return series.Kept{Raw: noon().AddDate(0, 0, -30), Minute: noon().AddDate(0, 0, -180)}
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestRangeAndStepChooseTheSource(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		length, step time.Duration
		age          time.Duration
		source       series.Source
		width        time.Duration
	}{
		{"an hour", time.Hour, 0, 0, series.Raw, 2 * time.Second},
		{"six hours", 6 * time.Hour, 0, 0, series.Raw, 15 * time.Second},
		{"a day", 24 * time.Hour, 0, 0, series.Minute, time.Minute},
		{"thirty days", 30 * 24 * time.Hour, 0, 0, series.Hour, time.Hour},
		{"a year", 365 * 24 * time.Hour, 0, 0, series.Hour, 6 * time.Hour},
		{"thirty days by day", 30 * 24 * time.Hour, 24 * time.Hour, 0, series.Hour, 24 * time.Hour},
		{"a day in steps of 40 s: rounded up", 12 * time.Hour, 40 * time.Second, 0, series.Minute, time.Minute},
		{"a day in steps of 7 min: rounded up", 24 * time.Hour, 7 * time.Minute, 0, series.Minute, 10 * time.Minute},
		{"too fine for the range", 6 * 24 * time.Hour, time.Second, 0, series.Minute, 5 * time.Minute},
		{"more minutes than can be read at once", 8 * 24 * time.Hour, 10 * time.Minute, 0, series.Hour, time.Hour},
		{"an hour of which there are no readings any more", time.Hour, time.Second, 40 * 24 * time.Hour, series.Minute, time.Minute},
		{"an hour of which there are no minutes any more", time.Hour, 0, 200 * 24 * time.Hour, series.Hour, time.Hour},
		{"two and a half days", 30 * 24 * time.Hour, 60 * time.Hour, 0, series.Hour, 72 * time.Hour},
	} {
		to := noon().Add(-test.age)
		p, err := series.Choose(series.Want{From: to.Add(-test.length), To: to, Step: test.step}, kept(), zone(t, "Asia/Ho_Chi_Minh"))
		if err != nil {
			t.Fatal(test.name, err)
		}
		diff(t, test.name, []any{test.source.String(), test.width.String()}, []any{p.Source.String(), p.Step.String()})
	}
}

func TestDaysAreCivicDays(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	from := time.Date(2026, 10, 24, 12, 0, 0, 0, berlin)
	p, err := series.Choose(series.Want{From: from, To: from.AddDate(0, 0, 2), Step: 24 * time.Hour}, kept(), berlin)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "from midnight", time.Date(2026, 10, 24, 0, 0, 0, 0, berlin), p.From)
	diff(t, "to midnight", time.Date(2026, 10, 27, 0, 0, 0, 0, berlin), p.To)
	diff(t, "the 25 hours of a day", time.Date(2026, 10, 25, 0, 0, 0, 0, berlin), p.Bucket(time.Date(2026, 10, 25, 23, 59, 0, 0, berlin)))

	hanoi := zone(t, "Asia/Ho_Chi_Minh")
	p, err = series.Choose(series.Want{From: noon(), To: noon().Add(24 * time.Hour), Step: 12 * time.Hour}, kept(), hanoi)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "half days", time.Date(2026, 11, 23, 12, 0, 0, 0, hanoi), p.From)

	p, err = series.Choose(series.Want{From: noon(), To: noon().Add(48 * time.Hour), Step: 24 * time.Hour}, kept(), zone(t, "Asia/Kolkata"))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "midnight within an hour of UTC", series.Minute.String(), p.Source.String())
}

func TestAnEmptyRangeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := series.Choose(series.Want{From: noon(), To: noon()}, kept(), time.UTC); !errors.Is(err, series.ErrRange) {
		t.Errorf("got %v", err)
	}
}

// Whatever is asked for, there are not many more points than allowed, every moment asked for lies in
// one of them, and they follow one another.
func TestPointsAreBoundedAndDivideTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom([]string{"Asia/Ho_Chi_Minh", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"}).Draw(r, "zone"))
		from := noon().Add(-time.Duration(rapid.Int64Range(0, int64(400*24*time.Hour)).Draw(r, "ago")))
		length := time.Duration(rapid.Int64Range(1, int64(400*24*time.Hour)).Draw(r, "length"))
		step := time.Duration(rapid.Int64Range(0, int64(5*24*time.Hour)).Draw(r, "step"))
		p, err := series.Choose(series.Want{From: from, To: from.Add(length), Step: step}, kept(), z)
		if err != nil {
			r.Fatal(err)
		}
		if p.Step < step || p.Step < p.Source.Width() {
			r.Fatalf("the step %v is finer than what was wanted or what %s has", p.Step, p.Source)
		}
		if p.From.After(from) || p.To.Before(from.Add(length)) || p.To.Sub(p.From) > (series.MaxPoints+3)*p.Step {
			r.Fatalf("%s to %s in steps of %v", p.From, p.To, p.Step)
		}
		a := from.Add(time.Duration(rapid.Int64Range(0, int64(length)).Draw(r, "a")))
		b := a.Add(time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(r, "b")))
		first, second := p.Bucket(a), p.Bucket(b)
		if first.After(a) || a.Sub(first) >= p.Step+2*time.Hour || second.Before(first) || !p.Bucket(first).Equal(first) {
			r.Fatalf("%s is in %s, %s in %s", a, first, b, second)
		}
		if width := p.Source.Width(); p.Source != series.Raw && first.UnixNano()%int64(width) != 0 {
			r.Fatalf("%s lies within a bucket of the source", first)
		}
	})
}
