package replay_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/recorder"
	"opscenter/internal/simulator"
)

// An hour of a city is streamed; every minute the live picture is sampled. Afterwards the picture of each
// of these moments must be made again, to the byte, however often the recorder was killed or restarted
// meanwhile, and although cameras were registered, moved and removed and a subsystem came and went.
func TestThePastIsAsItWasStreamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		partitions int
		restarts   []int // minutes
		kills      []int
		killed     bool // at the end, so that the last entries are in the log alone
	}{
		{name: "undisturbed", partitions: 1},
		{name: "in three partitions", partitions: 3},
		{name: "restarted and killed", partitions: 1, restarts: []int{9, 33}, kills: []int{4, 21, 22, 41}, killed: true},
		{name: "killed in three partitions", partitions: 3, kills: []int{13, 37, 50}, killed: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHour(t, c.partitions, minutes)
			for minute := 1; minute <= minutes; minute++ {
				if slices.Contains(c.restarts, minute) {
					h.settle()
					h.stop()
					h.record(h.keyframes)
				}
				if slices.Contains(c.kills, minute) {
					h.kill()
					h.record(h.keyframes)
				}
				h.minute(minute)
			}
			if c.killed {
				h.kill()
			} else {
				h.settle()
				h.stop()
			}
			h.compare()
		})
	}
}

const minutes = 60

// hour is a center that is told an hour of a city, and what its wall showed.
type hour struct {
	*center
	keyframes recorder.Keyframes
	entries   []city.Entry // not said yet
	areas     []city.Area
	locations []city.Location
	devices   []city.Device
	random    *rand.Rand
	seen      map[time.Time]map[string]string
}

func newHour(t *testing.T, partitions, minutes int) *hour {
	t.Helper()
	h := &hour{
		center: newCenter(t, partitions), keyframes: recorder.Keyframes{Every: 7 * time.Minute, Entries: 1 << 30},
		random: rand.New(rand.NewPCG(1, 2)), seen: map[time.Time]map[string]string{},
	}
	h.areas, h.locations, h.devices = town(t, 12)
	h.entries = simulate(t, h.locations, h.devices, time.Duration(minutes)*time.Minute+time.Second)
	h.register(inventoryOf(t, h.areas, h.locations, h.devices))
	h.record(h.keyframes)
	h.until(start().Add(time.Second))
	h.settle() // the archive begins
	return h
}

// minute says what there is up to the end of a minute, and looks at the wall then. In the middle of some
// the inventory changes.
func (h *hour) minute(n int) {
	h.t.Helper()
	at := start().Add(time.Duration(n) * time.Minute)
	if n%20 == 10 {
		half := at.Add(-29500 * time.Millisecond)
		h.until(half)
		h.clock.Store(half.UnixNano())
		h.reorganise(n)
	}
	h.until(at)
	h.clock.Store(at.UnixNano())
	h.act(n, at)
	h.seen[at] = picture(h.board)
	if n%9 == 0 {
		h.settle() // so that the recorder is not always behind
	}
}

// act lets people do something at the end of a minute: acknowledge, shelve, plan maintenance.
func (h *hour) act(n int, at time.Time) {
	a := city.Action{Key: fmt.Sprint("key-", n), Actor: "Hoa", Reason: "đã biết"}
	switch alarms := h.board.Alarms(); {
	case n%10 == 4:
		a.Verb = city.Maintain
		a.Window = &city.Window{ID: fmt.Sprint("window-", n), Location: h.locations[n].ID, Start: at.Add(time.Minute), Duration: 5 * time.Minute}
	case n%3 != 0 || len(alarms) == 0:
		return
	case n%2 == 0:
		a.Verb, a.Alarm = city.Acknowledge, alarms[n%len(alarms)].ID
	default:
		a.Verb, a.Alarm, a.Until = city.Shelve, alarms[n%len(alarms)].ID, at.Add(7*time.Minute)
	}
	h.say([]city.Entry{{At: at, Action: &a}})
}

// until says everything up to a time, in batches of any size.
func (h *hour) until(at time.Time) {
	for len(h.entries) > 0 && !h.entries[0].At.After(at) {
		n := 1 + h.random.IntN(40)
		for n > len(h.entries) || h.entries[n-1].At.After(at) {
			n--
		}
		h.say(h.entries[:n])
		h.entries = h.entries[n:]
	}
}

// reorganise moves a camera to another location, removes one, renames one, hangs one on another, and
// registers a new one.
func (h *hour) reorganise(n int) {
	h.t.Helper()
	d := slices.Clone(h.devices)
	var cameras []int
	for i := range d {
		if d[i].Subsystem == "trafficsafety" && d[i].Parent == "" {
			cameras = append(cameras, i)
		}
	}
	d[cameras[n]].Location = d[cameras[n+1]].Location
	d[cameras[n+2]].Name += " (mới)"
	d[cameras[n+3]].Parent = d[cameras[n+4]].ID
	d[cameras[n+5]].Cadence = 2 * time.Minute
	d = append(d, city.Device{
		ID: fmt.Sprintf("new-%d", n), Location: d[0].Location, Subsystem: "trafficsafety", Kind: "camera.ptz", RegisteredAt: h.now(),
	})
	removed := d[cameras[n+6]].ID
	h.devices = slices.DeleteFunc(d, func(d city.Device) bool { return d.ID == removed || d.Parent == removed })
	h.register(inventoryOf(h.t, h.areas, h.locations, h.devices))
}

// The archive of one partition begins before the devices were registered, that of another after.
func TestTheArchiveBeginsAroundAnInventory(t *testing.T) {
	t.Parallel()
	c := newCenter(t, 2)
	c.record(recorder.Keyframes{})
	c.say([]city.Entry{{At: c.now(), Rejection: &city.Rejection{Topic: "t", Sealed: []byte("secret"), Code: "malformed"}}}) // to partition 0 alone
	c.settle()
	c.clock.Add(int64(100 * time.Millisecond))
	areas, locations, devices := town(t, 12)
	there := slices.IndexFunc(devices, func(d city.Device) bool {
		return d.Kind == "camera.overview" && city.PartitionOf(d.Location, 2) == 1
	})
	c.register(inventoryOf(t, areas, locations, devices))
	c.clock.Add(int64(20 * time.Millisecond))
	set, _ := specs(t)
	topic := fmt.Sprintf("ioc/v1/trafficsafety/%s/%s/health", devices[there].Location, devices[there].ID)
	said := decode(t, set, simulator.Publication{At: c.now(), Topic: topic, Payload: fmt.Appendf(nil, `{"ts":%q,"stream":"ok","fps":25}`, c.now().Format(time.RFC3339Nano))})
	c.say(said)
	c.settle()
	began := said[0].At
	c.clock.Store(began.Add(time.Second).UnixNano())
	c.say([]city.Entry{{At: c.now()}})
	seen := picture(c.board)
	if !strings.Contains(seen["device/"+devices[there].ID], `"fps":{"value":25,`) {
		t.Fatalf("the wall shows %s", seen["device/"+devices[there].ID])
	}
	c.clock.Add(int64(time.Second))
	c.say([]city.Entry{{At: c.now()}})
	board, err := c.past().Board(t.Context(), began.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seen, picture(board)); diff != "" {
		t.Errorf("it is not as it was (-then +now):\n%s", diff)
	}
}

// compare asks for every moment that was seen.
func (h *hour) compare() {
	h.t.Helper()
	h.say(h.entries) // the log goes on
	h.clock.Add(int64(time.Minute))
	past := h.past()
	changed, alarms := map[string]bool{}, 0
	for _, at := range slices.SortedFunc(maps.Keys(h.seen), time.Time.Compare) {
		board, err := past.Board(h.t.Context(), at)
		if err != nil {
			h.t.Fatalf("%s: %v", at, err)
		}
		got := picture(board)
		if diff := cmp.Diff(h.seen[at], got); diff != "" {
			h.t.Fatalf("%s is not as it was (-then +now):\n%s", at, diff)
		}
		for key, json := range got {
			if json != h.seen[at.Add(-time.Minute)][key] {
				changed[key] = true
			}
			if strings.HasPrefix(key, "alarm/") && strings.Contains(json, "Hoa") {
				alarms++
			}
		}
	}
	if len(changed) < 200 || alarms == 0 {
		h.t.Errorf("only %d entities changed in the hour, and %d alarms bore a name: it says little", len(changed), alarms)
	}
}
