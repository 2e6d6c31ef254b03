package simulator

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"opscenter/internal/city"
)

// tellLink lets the broker know whether a device is there, if it was told otherwise before. A
// device that comes back tells its health a moment later.
func (w *World) tellLink(c *camera, a appointment) {
	now, word := toldOffline, city.Offline
	if c.up() {
		now, word = toldOnline, city.Online
	}
	if c.told == now {
		return
	}
	if c.told == toldOffline {
		w.agenda.add(appointment{at: a.at + spell(c.rng, 200*time.Millisecond, time.Second), task: taskNote, n: a.n})
	}
	c.told = now
	switch c.tongue {
	case tongueNative:
		mark := w.begin()
		w.arena = append(w.arena, word...)
		w.publish(a.at, KindAvailability, c.base+KindAvailability, true, mark)
	case tongueAxis:
		w.tellAxisLink(c, a.at, now == toldOnline)
	case tongueONVIF, tongueFrigate: // nobody says so
	}
}

// tellHealth publishes what a camera thinks of itself, if it can, in its own tongue.
func (w *World) tellHealth(c *camera, at int64) {
	if !c.talks() {
		return
	}
	switch c.tongue {
	case tongueNative:
		w.tellNative(c, at)
	case tongueAxis:
		w.tellAxis(c, at)
	case tongueONVIF:
		w.tellONVIF(c, at)
	case tongueFrigate: // its recorder does
	}
}

func (w *World) tellNative(c *camera, at int64) {
	r, mark := c.rng, w.begin()
	b := w.head(w.arena, c, at)
	b = append(b, `,"stream":"`...)
	b = append(b, c.stream()...)
	b = append(b, '"')
	if !c.has(NoStream) {
		fps, bitrate := c.picture()
		b = number(b, `,"fps":`, fps, 1)
		b = number(b, `,"expected_fps":`, c.expectedFPS, 0)
		b = number(b, `,"bitrate_kbps":`, bitrate, 0)
		b = append(b, `,"image":"`...)
		b = append(b, c.image()...)
		b = append(b, '"')
	}
	b = append(b, `,"recording":`...)
	b = strconv.AppendBool(b, !c.has(NotRecording) && !c.has(NoStream))
	offset := 30 * r.NormFloat64()
	if c.has(ClockDrift) {
		offset += float64(c.drift / int64(time.Millisecond))
	}
	b = number(b, `,"clock_offset_ms":`, offset, 0)
	storage, retention := c.storage+r.NormFloat64()*0.2, c.retention
	if c.has(RetentionShort) {
		storage, retention = storage+9, c.retention/6 // a disk fell out of the array, and the rest turns over sooner
	}
	b = number(b, `,"storage_used_pct":`, storage, 1)
	b = number(b, `,"retention_days":`, retention, 1)
	b = number(b, `,"temperature_c":`, c.temperature(w.local(at)), 1)
	b = append(b, `,"firmware":"`...)
	b = append(b, c.firmware...)
	b = append(b, '"', '}')
	w.arena = b
	w.publish(at, KindHealth, c.health, false, mark)
}

func (c *camera) stream() string {
	if c.has(NoStream) {
		return "no_signal"
	}
	return "ok"
}

// picture draws frames/s and kbit/s. A picture without detail needs few bits, one that stands still
// next to none.
func (c *camera) picture() (fps, bitrate float64) {
	fps = min(c.expectedFPS, c.expectedFPS*(0.995+0.005*c.rng.NormFloat64()))
	bitrate = c.bitrate * between(c.rng, 0.9, 1.05)
	if c.has(LowFPS) {
		slow := between(c.rng, 0.18, 0.35)
		fps, bitrate = fps*slow, bitrate*slow*1.3
	}
	for _, poor := range [...]struct {
		class Class
		share float64
	}{{Obscured, 0.35}, {Defocus, 0.55}, {Dark, 0.45}, {Frozen, 0.08}} {
		if c.has(poor.class) {
			bitrate *= poor.share
		}
	}
	return fps, bitrate
}

// temperature is that inside the housing, in °C, warmest in the early afternoon.
func (c *camera) temperature(local time.Time) float64 {
	h := float64(local.Hour()) + float64(local.Minute())/60
	return 40 + c.warmth + 6*math.Sin((h-8)/24*2*math.Pi) + 0.3*c.rng.NormFloat64()
}

// tellFlow publishes what a detector counted in the window that ends now, for each of its lanes.
func (w *World) tellFlow(c *camera, at int64) {
	if !c.talks() || c.has(NoStream) || c.has(Quiet) {
		return
	}
	local := w.local(at)
	seconds := float64(c.window) / float64(time.Second)
	demand := w.rhythm.at(local) * (1 + 0.25*c.inbound*tide(local))
	if seconds <= 10 { // a traffic light with a cycle of 90 s lets them through in platoons
		demand *= 1 + 0.5*math.Sin(float64(at%int64(90*time.Second))/float64(90*time.Second)*2*math.Pi+c.phase)
	}
	with := conditions{
		demand: demand, effect: w.wet().and(w.sites[c.site].effect(c.direction)), seen: c.visible(), seconds: seconds,
	}
	for i := range c.lanes {
		l := &c.lanes[i]
		w.report(c, at, l, l.count(c.rng, with), seconds)
	}
}

func (w *World) report(c *camera, at int64, l *lane, t tally, seconds float64) {
	mark := w.begin()
	b := w.head(w.arena, c, at)
	b = number(b, `,"window_s":`, seconds, 0)
	b = number(b, `,"vehicles":`, float64(t.vehicles), 0)
	if t.vehicles > 0 {
		b = number(b, `,"speed_kmh":`, t.speed, 1)
	}
	b = number(b, `,"occupancy_pct":`, t.occupancy, 1)
	b = append(b, `,"classes":{`...)
	for i, name := range [vehicleClasses]string{
		`"motorbike":`, `,"car":`, `,"bus":`, `,"truck":`, `,"bicycle":`, `,"other":`,
	} {
		b = append(b, name...)
		b = strconv.AppendInt(b, int64(t.byClass[i]), 10)
	}
	b = append(b, `},"lane":`...)
	b = strconv.AppendInt(b, l.number, 10)
	b = append(b, `,"direction":"`...)
	b = append(b, c.direction...)
	b = append(b, '"', '}')
	w.arena = b
	w.publish(at, KindFlow, c.flow, false, mark)
}

// tellIncident publishes the state of an incident.
func (w *World) tellIncident(c *camera, i *incident, at int64) {
	mark := w.begin()
	b := w.head(w.arena, c, at)
	b = word(b, `,"id":`, i.id)
	b = word(b, `,"state":`, i.phase)
	b = word(b, `,"type":`, i.what.name)
	b = word(b, `,"severity":`, i.severity)
	b = word(b, `,"description":`, i.describe(w.sites[i.site].name))
	b = number(b, `,"lat":`, i.lat, 6)
	b = number(b, `,"lon":`, i.lon, 6)
	b = append(b, '}')
	w.arena = b
	w.publish(at, KindIncident, c.base+KindIncident, false, mark)
}

// head begins a payload with the camera's own time, in ms, and its sequence number.
func (w *World) head(b []byte, c *camera, at int64) []byte {
	b = append(b, `{"ts":"`...)
	b = w.local(c.clock(at)).AppendFormat(b, stamp)
	b = append(b, `","seq":`...)
	return strconv.AppendInt(b, c.nextSeq(), 10)
}

// stamp is RFC 3339 with milliseconds, always with three digits.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// number appends a field with that many decimals at most.
func number(b []byte, field string, value float64, decimals int) []byte {
	scale := math.Pow10(decimals)
	return strconv.AppendFloat(append(b, field...), math.Round(value*scale)/scale, 'f', -1, 64)
}

// word appends a field with a text, quoted as JSON wants it.
func word(b []byte, field, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil { // a string can always be marshalled
		quoted = []byte(`""`)
	}
	return append(append(b, field...), quoted...)
}
