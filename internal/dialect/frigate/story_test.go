package frigate_test

import (
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
)

// wall shows what becomes of a recorder with one camera.
type wall struct {
	t     *testing.T
	set   *subsystem.Set
	board *live.Board
	inv   *city.Inventory
	at    time.Time
	seq   uint64
}

func newWall(t *testing.T) *wall {
	t.Helper()
	s, err := set(t, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	w := &wall{t: t, set: s, at: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC)}
	device := func(id, external, parent string, fps float64) city.Device {
		return city.Device{
			ID: id, Location: "loc-001", Subsystem: "trafficsafety", ExternalID: external, Parent: parent, ExpectedFPS: fps,
			RegisteredAt: w.at.Add(-time.Hour),
		}
	}
	w.inv, err = city.NewInventory(1, nil, []city.Location{{ID: "loc-001"}}, []city.Device{
		device("nvr", "frigate:@frigate", "", 0), device("gate", "frigate:gate", "nvr", 5),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.board = live.NewBoard(live.BoardConfig{Specs: s.Specs()})
	w.board.SetInventory(w.inv)
	return w
}

// hear gives the wall a message, ten seconds after the one before, as ingest would.
func (w *wall) hear(topic, payload string) {
	w.t.Helper()
	w.at = w.at.Add(10 * time.Second)
	var entries []city.Entry
	for _, o := range send(w.t, w.set, topic, payload) {
		d := w.inv.External(o.External)
		if d == nil {
			w.t.Fatalf("%s speaks of %q, which is not registered", topic, o.External)
		}
		o.Subsystem, o.Location, o.Device, o.ReceivedAt = d.Subsystem, d.Location, d.ID, w.at
		if o.Undated {
			o.ObservedAt = w.at
		}
		entries = append(entries, city.Entry{At: w.at, Observation: &o})
	}
	w.seq++
	w.board.Apply(0, entries, w.seq)
}

// wants fails unless the camera has that status and reason.
func (w *wall) wants(status city.Status, reason city.Reason) {
	w.t.Helper()
	v, ok := w.board.Device("gate")
	if !ok || v.Status != status || v.Reason != reason {
		w.t.Errorf("the camera is %s (%s), want %s (%s)", v.Status, v.Reason, status, reason)
	}
}

const (
	frames   = `{"cameras":{"gate":{"camera_fps":5.1}},"service":{"uptime":60}}`
	noFrames = `{"cameras":{"gate":{"camera_fps":0}},"service":{"uptime":60}}`
)

func TestRecorderThatStopsMakesItsCamerasUnknown(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"offline", "stopped"} {
		w := newWall(t)
		w.hear("frigate/available", "online")
		w.hear("frigate/stats", frames)
		w.wants(city.OK, city.ReasonNone)
		w.hear("frigate/available", word)
		w.wants(city.Unknown, city.ReasonParentDown)
		w.hear("frigate/available", "online")
		w.hear("frigate/stats", frames)
		w.wants(city.OK, city.ReasonNone)
	}
}

func TestCameraWithoutStreamIsDownAndComesBack(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	w.hear("frigate/available", "online")
	w.hear("frigate/stats", frames)
	w.hear("frigate/gate/status/detect", "offline")
	w.wants(city.Critical, "no_stream")
	w.hear("frigate/gate/status/detect", "online")
	w.wants(city.Critical, "no_stream")
	w.hear("frigate/stats", frames)
	w.wants(city.OK, city.ReasonNone)
	w.hear("frigate/gate/status/record", "offline")
	w.wants(city.Critical, "not_recording")
	w.hear("frigate/gate/status/record", "online")
	w.wants(city.OK, city.ReasonNone)
}

func TestCameraThatIsSwitchedOffIsInMaintenance(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	w.hear("frigate/available", "online")
	w.hear("frigate/stats", noFrames)
	w.hear("frigate/gate/status/record", "offline")
	w.hear("frigate/gate/status/detect", "offline")
	w.wants(city.Critical, "no_stream")
	w.hear("frigate/gate/enabled/state", "OFF")
	w.wants(city.Maintenance, city.ReasonPlanned)
	w.hear("frigate/stats", noFrames)
	w.wants(city.Maintenance, city.ReasonPlanned)
	w.hear("frigate/gate/enabled/state", "ON")
	w.hear("frigate/stats", frames)
	w.wants(city.OK, city.ReasonNone)
}
