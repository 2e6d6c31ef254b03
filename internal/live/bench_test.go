package live_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// fleet is n cameras, four to a location.
func fleet(n int) []city.Device {
	devices := make([]city.Device, n)
	for i := range devices {
		devices[i] = camera(fmt.Sprintf("cam-%05d", i), fmt.Sprintf("loc-%04d", i/4))
	}
	return devices
}

// round is one health message, with six readings, of every device.
func round(devices []city.Device) []city.Entry {
	entries := make([]city.Entry, len(devices))
	for i := range devices {
		o := healthOf(devices[i].ID, start(), "expected_fps=25", "clock_offset_ms=-120", "temperature_c=41", "bitrate_kbps=4096")
		o.Location = devices[i].Location
		entries[i] = city.Entry{At: start(), Observation: &o}
	}
	return entries
}

// next makes the i-th health message of a fleet out of what was said last by the same device.
func next(entries []city.Entry, i int) *city.Entry {
	e := &entries[i%len(entries)]
	at := start().Add(time.Duration(i) * cadence / time.Duration(len(entries)))
	e.At, e.Observation.ReceivedAt, e.Observation.ObservedAt = at, at, at
	e.Observation.Digest = uint64(i) + 1
	e.Observation.Readings[0].Value = 24 + float64(i%7)/10
	return e
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{200, 2_000, 10_000} {
		b.Run(fmt.Sprintf("devices=%d", n), func(b *testing.B) {
			devices := fleet(n)
			entries := round(devices)
			p := live.NewProjection(live.ProjectionConfig{Specs: specs(), Zone: civic()})
			p.SetInventory(inventory(b, devices...))
			for i := range n {
				p.Apply(next(entries, i))
			}
			i := n
			b.ReportAllocs()
			for b.Loop() {
				p.Apply(next(entries, i))
				i++
			}
		})
	}
}

func BenchmarkBoardApply(b *testing.B) {
	for _, watchers := range []int{0, 1} {
		b.Run(fmt.Sprintf("watchers=%d", watchers), func(b *testing.B) {
			devices := fleet(10_000)
			entries := round(devices)
			board := live.NewBoard(live.BoardConfig{Specs: specs(), Zone: civic()})
			board.SetInventory(inventory(b, devices...))
			if watchers > 0 {
				defer board.Watch(func([]city.Change) {})()
			}
			batch := make([]city.Entry, 256)
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				for j := range batch {
					batch[j] = *next(entries, i)
					i++
				}
				board.Apply(0, batch, 1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch)), "ns/obs")
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	c := newCenter(b, camera("cam-1", "loc-1"))
	c.apply(mark(start()), city.Entry{At: start(), Observation: round([]city.Device{camera("cam-1", "loc-1")})[0].Observation})
	b.Run("entity", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.board.Refresh()
			c.board.Cut(func(p city.Picture) { p.Entity("device/cam-1") })
		}
	})
	b.Run("device", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v, _ := c.board.Device("cam-1")
			if _, err := json.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
	})
	for s := range 90 {
		c.apply(flow("cam-1", after(float64(s*10)), after(float64(s*10)), "", 5, 10, speed(40), occupancy(12)))
	}
	b.Run("location", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(c.location("loc-1")); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkState(b *testing.B) {
	devices := fleet(10_000)
	entries := round(devices)
	p := live.NewProjection(live.ProjectionConfig{Specs: specs(), Zone: civic()})
	p.SetInventory(inventory(b, devices...))
	for i := range entries {
		p.Apply(next(entries, i))
	}
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			blob, err := p.State()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(blob))/1e6, "MB")
		}
	})
	blob, err := p.State()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("restore", func(b *testing.B) {
		for b.Loop() {
			if err := p.Restore(blob); err != nil {
				b.Fatal(err)
			}
		}
	})
}

//nolint:paralleltest // it looks at the heap
func TestADeviceTakesLittleMemory(t *testing.T) {
	const n = 10_000
	devices := fleet(n)
	inv := inventory(t, devices...)
	entries := round(devices)
	p := live.NewProjection(live.ProjectionConfig{Specs: specs(), Zone: civic()})
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	p.SetInventory(inv)
	for i := range entries {
		p.Apply(next(entries, i))
	}
	first := (heap() - before) / n
	for i := n; i < 10*n; i++ {
		p.Apply(next(entries, i))
	}
	later := (heap() - before) / n
	runtime.KeepAlive(p)
	runtime.KeepAlive(entries)
	runtime.KeepAlive(inv)
	t.Logf("%.0f bytes/device after one message each, %.0f after ten", first, later)
	if later > 2048 || later > first*1.2 {
		t.Fatalf("%.0f bytes/device after one message each and %.0f after ten: want at most 2048, and flat", first, later)
	}
}

//nolint:paralleltest // it looks at the heap
func TestAFigureAndACaseTakeLittleMemory(t *testing.T) {
	const n = 2_000
	inv := inventory(t, desk("desk-1", "loc-1"))
	p := live.NewProjection(live.ProjectionConfig{Specs: []subsystem.Spec{services()}, Zone: civic()})
	p.SetInventory(inv)
	warm := mark(start())
	p.Apply(&warm)
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	grown := func(rounds int, entry func(round, i int) city.Entry) float64 {
		before := heap()
		for round := range rounds {
			for i := range n {
				e := entry(round, i)
				p.Apply(&e)
			}
		}
		return (heap() - before) / n
	}
	figures := grown(30, func(round, i int) city.Entry {
		at := start().AddDate(0, 0, round)
		return tells(at, "on_time", at.Format(time.DateOnly), float64(i), scope(fmt.Sprintf("ward-%04d", i)))
	})
	cases := grown(1, func(_, i int) city.Entry {
		at := start().AddDate(0, 0, 30)
		return caseOf(at, at, fmt.Sprintf("case-%06d", i), city.Started)
	})
	runtime.KeepAlive(p)
	runtime.KeepAlive(inv)
	t.Logf("%.0f bytes/figure with its trend, %.0f bytes/open case", figures, cases)
	if figures > 1024 || cases > 512 {
		t.Fatalf("%.0f bytes/figure and %.0f bytes/open case: want at most 1024 and 512", figures, cases)
	}
}

func BenchmarkIndicators(b *testing.B) {
	const n = 2_000
	c := newCenterOf(b, []subsystem.Spec{services()}, desk("desk-1", "loc-1"))
	entries := make([]city.Entry, n)
	for i := range entries {
		entries[i] = tells(start(), "on_time", "2026-11-23", 95, scope(fmt.Sprintf("ward-%04d", i)))
	}
	c.apply(entries...)
	b.Run("apply", func(b *testing.B) {
		i := 0
		b.ReportAllocs()
		for b.Loop() {
			e := &entries[i%n]
			e.At = start().Add(time.Duration(i) * time.Millisecond)
			e.Observation.ReceivedAt, e.Observation.ObservedAt, e.Observation.Digest = e.At, e.At, uint64(i)+1
			c.record.Apply(e)
			i++
		}
	})
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(c.subsystem("services")); err != nil {
				b.Fatal(err)
			}
		}
	})
}
