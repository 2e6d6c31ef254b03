package simulator

import (
	"math"
	"strings"
	"time"
)

// measurement is how one metric of a sensor moves over the day.
type measurement struct {
	metric    string
	base      float64
	amplitude float64
	peak      float64 // hour of the day
	decimals  int
	least     float64
}

// measurements are what sensors in the center's own format measure, by subsystem and kind.
func measurements() map[string][]measurement {
	return map[string][]measurement{
		"environment/station.air": {
			{metric: "pm25", base: 34, amplitude: 14, peak: 7, decimals: 1, least: 2},
			{metric: "pm10", base: 58, amplitude: 20, peak: 7, decimals: 1, least: 4},
			{metric: "o3", base: 62, amplitude: 35, peak: 14, decimals: 1, least: 1},
			{metric: "no2", base: 38, amplitude: 16, peak: 18, decimals: 1, least: 1},
			{metric: "so2", base: 14, amplitude: 4, peak: 10, decimals: 1, least: 1},
			{metric: "co", base: 900, amplitude: 350, peak: 18, least: 50},
			{metric: "temperature_c", base: 24, amplitude: 5, peak: 14, decimals: 1, least: -5},
			{metric: "humidity_pct", base: 76, amplitude: 14, peak: 4, decimals: 0, least: 10},
			{metric: "noise_dba", base: 62, amplitude: 9, peak: 17, decimals: 1, least: 30},
		},
		"environment/station.weather": {
			{metric: "temperature_c", base: 23.5, amplitude: 5, peak: 14, decimals: 1, least: -5},
			{metric: "humidity_pct", base: 78, amplitude: 14, peak: 4, decimals: 0, least: 10},
			{metric: "wind_speed_ms", base: 2.2, amplitude: 1.2, peak: 15, decimals: 1},
			{metric: "rain_mm_h", base: -1, amplitude: 2, peak: 16, decimals: 1},
		},
		"tourism/counter.people": {
			{metric: "crowd_pct", base: 38, amplitude: 34, peak: 10, decimals: 0},
			{metric: "visitors_h", base: 420, amplitude: 400, peak: 10, decimals: 0},
		},
		"socialmedia/listener": {
			{metric: "mentions_h", base: 84, amplitude: 52, peak: 20, decimals: 0},
			{metric: "negative_pct", base: 17, amplitude: 5, peak: 21, decimals: 1},
		},
		"parking/lot": {
			{metric: "free_spaces", base: 120, amplitude: 90, peak: 3, decimals: 0},
		},
	}
}

// sensor returns what a sensor in the center's own format says.
func (t *teller) sensor() []speaker {
	every := t.device.Cadence
	if every <= 0 {
		every = 5 * time.Minute
	}
	list := measurements()[t.device.Subsystem+"/"+t.device.Kind]
	bias := 1 + 0.15*clamp(t.rng.NormFloat64())
	return []speaker{{every: every, say: func(at time.Time) []Publication {
		values, local := map[string]float64{}, at.In(t.zone)
		for _, m := range list {
			values[m.metric] = max(m.least, round(bias*wander(t.rng, m.base, m.amplitude, m.peak, local), m.decimals))
		}
		fields := map[string]any{"values": values}
		if pct, counts := values["crowd_pct"]; counts {
			fields["states"] = map[string]string{"crowd_level": crowding(pct)}
		}
		return []Publication{t.native(at, "reading", fields)}
	}}}
}

func crowding(pct float64) string {
	switch {
	case pct < 40:
		return "low"
	case pct < 70:
		return "moderate"
	case pct < 95:
		return "high"
	}
	return "full"
}

// foreign returns what a sensor says whose maker has a tongue of his own.
func (t *teller) foreign(dialect string) ([]speaker, error) {
	switch dialect {
	case "ttn":
		return []speaker{{every: 10 * time.Minute, say: t.uplink()}}, nil
	case "z2m":
		return t.contact(), nil
	case "digitraffic":
		return []speaker{{every: time.Minute, say: t.roadStation()}}, nil
	}
	return nil, errTongue(t.device.ID, dialect)
}

// uplink tells the distance from a LoRaWAN sensor under a bridge to the water, as The Things Stack
// passes it on. The river rises and falls over three days.
func (t *teller) uplink() func(time.Time) []Publication {
	application, _, _ := strings.Cut(strings.TrimPrefix(t.device.ExternalID, "ttn:"), "/")
	count, phase := 0, t.rng.Float64()*2*math.Pi
	return func(at time.Time) []Publication {
		count++
		level := 9.4 + 1.1*math.Sin(float64(at.Unix())/(3*86400)*2*math.Pi+phase) + 0.02*t.rng.NormFloat64()
		return []Publication{{
			At: at, Kind: KindHealth, Topic: "v3/" + application + "@ttn/devices/" + t.name + "/up",
			Payload: encode(map[string]any{
				"end_device_ids": map[string]any{"device_id": t.name, "application_ids": map[string]string{"application_id": application}},
				"received_at":    at.UTC().Format(time.RFC3339Nano),
				"uplink_message": map[string]any{
					"f_cnt": count, "f_port": 1,
					"decoded_payload": map[string]any{"distance_mm": math.Round((20 - level) * 1000), "battery_v": round(3.55+0.02*t.rng.NormFloat64(), 2)},
					"rx_metadata":     []any{map[string]any{"gateway_ids": map[string]string{"gateway_id": "gw-viet-tri-1"}, "rssi": -97 + t.rng.IntN(8), "snr": round(6+2*t.rng.Float64(), 1)}},
				},
			}),
		}}
	}
}

// contact tells whether the door of a cabinet is open, as Zigbee2MQTT does: when it moves, and now and
// then. Its name has a slash.
func (t *teller) contact() []speaker {
	topic := "zigbee2mqtt/" + strings.TrimPrefix(t.device.ExternalID, "z2m:")
	open := false
	return []speaker{
		{every: 24 * time.Hour, say: func(at time.Time) []Publication {
			return []Publication{{At: at, Kind: KindAvailability, Topic: topic + "/availability", Retained: true, Payload: []byte(`{"state":"online"}`)}}
		}},
		{every: 3 * time.Minute, say: func(at time.Time) []Publication {
			open = !open && t.rng.Float64() < 0.04
			return []Publication{{At: at, Kind: KindHealth, Topic: topic, Payload: encode(map[string]any{
				"contact": !open, "battery": 87, "linkquality": 120 + t.rng.IntN(40), "tamper": false,
			})}}
		}},
	}
}

// roadStation tells what a road station counted, sensor by sensor, as Fintraffic's feed does.
func (t *teller) roadStation() func(time.Time) []Publication {
	busy := between(t.rng, 0.7, 1.4)
	rhythm := newRhythm()
	return func(at time.Time) []Publication {
		demand := busy * rhythm.at(at.In(t.zone))
		var out []Publication
		for _, s := range []struct {
			sensor string
			value  float64
		}{
			{"5116", 620 * demand}, {"5119", 560 * demand}, // vehicles/h
			{"5122", 62 - 14*demand}, {"5125", 64 - 13*demand}, // km/h
		} {
			value := max(0, math.Round(s.value*(1+0.06*t.rng.NormFloat64())))
			out = append(out, Publication{
				At: at, Kind: KindFlow, Topic: "tms-v2/" + t.name + "/" + s.sensor,
				Payload: encode(map[string]any{"value": value, "time": at.Unix(), "start": at.Add(-5 * time.Minute).Unix(), "end": at.Unix()}),
			})
		}
		return out
	}
}
