package live_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
	"opscenter/internal/live"
)

// tally counts transitions and keeps none, and checks that those of an alarm are without a gap.
type tally struct {
	*memory
	t    *testing.T
	n    map[string]int
	what map[city.Transition]int
}

func (m *tally) Reading(*city.Device, *city.Observation) {}
func (m *tally) Status(string, live.StatusChange)        {}
func (m *tally) Alarm(c city.AlarmChange) {
	m.what[c.What]++
	if c.N != m.n[c.Alarm.ID]+1 {
		m.t.Fatalf("transition %d of %s follows %d", c.N, c.Alarm.Key, m.n[c.Alarm.ID])
	}
	if m.n[c.Alarm.ID] = c.N; c.What == city.AlarmClosed {
		delete(m.n, c.Alarm.ID)
	}
}

// Ten thousand devices come and go at random for ten minutes: people see groups and the word flood, every
// transition is told, and what the center holds does not grow with how long that lasts.
func TestTenThousandFlappingDevicesStayGroupedAndBounded(t *testing.T) {
	t.Parallel()
	const devices, sites, areas = 10_000, 2_500, 12
	p, board, told := flappers(t, devices, sites, areas)
	random := rand.New(rand.NewPCG(1, 2))
	var early, late uint64
	for s := range 600 {
		now := after(float64(s))
		batch := []city.Entry{mark(now)}
		for range devices / 40 { // each every 40 s
			id := random.IntN(devices)
			word := []string{city.Online, city.Offline}[random.IntN(2)]
			batch = append(batch, said(now, city.Observation{
				Subsystem: "cams", Location: fmt.Sprint("site-", id%sites), Device: fmt.Sprint("d-", id), Kind: "availability",
				ObservedAt: now, Undated: true, States: []city.State{{Name: city.AvailabilityState, Value: word}},
			}))
		}
		for i := range batch {
			p.Apply(&batch[i])
		}
		board.Apply(0, batch, uint64(s)+1)
		switch s {
		case 299:
			early = heap()
		case 599:
			late = heap()
		}
	}
	flood := board.Flood()
	if !flood.Active || flood.New < 1000 {
		t.Errorf("the figures say %+v", flood)
	}
	groups := 0
	board.Cut(func(p city.Picture) { p.Each("alarmgroup/", func(string, string) { groups++ }) })
	listed := len(board.Alarms())
	if groups == 0 || groups > 2*areas {
		t.Errorf("%d alarms are in %d groups", listed, groups)
	}
	open := 0
	for range told.n {
		open++
	}
	if open != listed {
		t.Errorf("%d alarms are on the list, %d in the history", listed, open)
	}
	t.Logf("%d alarms on the list in %d groups; transitions %v; heap %d MiB after 5 min, %d MiB after 10", listed, groups, told.what, early>>20, late>>20)
	if late > early+early/4 {
		t.Errorf("the heap grew from %d to %d MiB", early>>20, late>>20)
	}
}

func flappers(t *testing.T, devices, sites, areas int) (*live.Projection, *live.Board, *tally) {
	t.Helper()
	var units []city.Area
	for i := range areas {
		units = append(units, city.Area{ID: fmt.Sprint("ward-", i), Name: fmt.Sprint("Phường ", i)})
	}
	var places []city.Location
	for i := range sites {
		places = append(places, city.Location{ID: fmt.Sprint("site-", i), Name: fmt.Sprint("Điểm ", i), Area: units[i%areas].ID})
	}
	var all []city.Device
	for i := range devices {
		all = append(all, camera(fmt.Sprint("d-", i), fmt.Sprint("site-", i%sites)))
	}
	inv, err := city.NewInventory(1, units, places, all)
	if err != nil {
		t.Fatal(err)
	}
	words, err := alarm.NewVocabulary()
	if err != nil {
		t.Fatal(err)
	}
	alarms := live.AlarmConfig{Words: words, Config: alarm.Config{Rules: alarm.Rules{Escalate: 15 * time.Minute}}}
	told := &tally{memory: newMemory(), t: t, n: map[string]int{}, what: map[city.Transition]int{}}
	p := live.NewProjection(live.ProjectionConfig{Specs: specs(), Zone: civic(), Effects: told, Alarms: alarms})
	p.SetInventory(inv)
	board := live.NewBoard(live.BoardConfig{Specs: specs(), Zone: civic(), Alarms: alarms})
	board.SetInventory(inv)
	return p, board, told
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
