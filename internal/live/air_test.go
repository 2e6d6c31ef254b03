package live_test

import (
	"fmt"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/live"
	"opscenter/internal/subsystem"
	"opscenter/subsystems/environment"
)

// A station that measures the air has the Vietnamese index of it a minute after its second hour, and
// not before: of one hour too little is known of the dust.
func TestAStationHasTheIndexOfItsAir(t *testing.T) {
	t.Parallel()
	set, err := subsystem.NewSet(subsystem.SetConfig{Root: "ioc/v1", Factories: []subsystem.Factory{environment.Factory()}})
	if err != nil {
		t.Fatal(err)
	}
	board := live.NewBoard(live.BoardConfig{Specs: set.Specs(), Zone: civic()})
	board.SetInventory(inventory(t, city.Device{ID: "air-1", Location: "loc-1", Subsystem: "environment", Kind: "station.air", RegisteredAt: start().Add(-time.Hour)}))
	hour := start().Truncate(time.Hour)
	seq := uint64(0)
	apply := func(e city.Entry) {
		seq++
		board.Apply(0, []city.Entry{e}, seq)
	}
	measure := func(at time.Time) {
		r, _, _ := set.Route("ioc/v1/environment/loc-1/air-1/reading")
		payload := fmt.Sprintf(`{"ts":%q,"values":{"pm25":65,"pm10":80,"o3":60}}`, at.Format(time.RFC3339))
		observations, err := r.Decoder.Decode(subsystem.Message{Kind: r.Topic.Kind, Payload: []byte(payload), ReceivedAt: at})
		if err != nil {
			t.Fatal(err)
		}
		o := observations[0]
		o.Subsystem, o.Location, o.Device = "environment", "loc-1", "air-1"
		apply(said(at, o))
	}
	index := func(at time.Time) (value float64, there bool) {
		apply(mark(at))
		v, ok := board.Device("air-1")
		if !ok {
			t.Fatal("there is no station")
		}
		r, there := v.Readings["aqi"]
		return r.Value, there
	}
	for minute := range 24 {
		measure(hour.Add(time.Duration(5*minute+1) * time.Minute))
		if minute == 12 { // the first hour is over
			if v, there := index(hour.Add(62 * time.Minute)); there {
				t.Errorf("after one hour the index is %v", v)
			}
		}
	}
	// 65 µg/m³ of PM2.5 lies between the breakpoints 50 (100) and 80 (150): 125.
	if v, there := index(hour.Add(2*time.Hour + time.Minute)); !there || v != 125 {
		t.Errorf("after two hours the index is %v (%v), want 125", v, there)
	}
}
