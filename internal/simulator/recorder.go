package simulator

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

// recorder is a network video recorder that runs Frigate: once a minute it tells how many frames it
// gets from each camera that hangs on it.
type recorder struct {
	prefix  string // of its topics
	rng     *rand.Rand
	cameras []int32
	started int64
	told    bool
}

const statsEvery = int64(time.Minute)

// isRecorder tells recorders from cameras: frigate:@PREFIX is one, frigate:NAME a camera.
func isRecorder(d *city.Device) bool { return strings.HasPrefix(d.ExternalID, "frigate:@") }

func newRecorder(d *city.Device, seed uint64) recorder {
	return recorder{prefix: strings.TrimPrefix(d.ExternalID, "frigate:@"), rng: random(seed, "recorder "+d.ID)}
}

// tellStats publishes what a recorder knows of its cameras.
func (w *World) tellStats(r *recorder, at int64) {
	if !r.told {
		r.told, r.started = true, at
		mark := w.begin()
		w.arena = append(w.arena, city.Online...)
		w.publish(at, KindAvailability, r.prefix+"/available", true, mark)
	}
	mark := w.begin()
	b := w.arena
	b = append(b, `{"cameras":{`...)
	for i, n := range r.cameras {
		if i > 0 {
			b = append(b, ',')
		}
		c := &w.cameras[n]
		fps := 0.0
		if c.up() && !c.has(Hung) && !c.has(NoStream) {
			fps, _ = c.picture()
		}
		b = word(b, "", c.name)
		b = append(b, fmt.Sprintf(`:{"camera_fps":%.1f,"process_fps":%.1f,"skipped_fps":0.0,"detection_fps":%.1f,"detection_enabled":true,"pid":%d,"expected_fps":%.0f}`,
			fps, fps/5, fps/10, 400+n, c.expectedFPS)...)
	}
	b = append(b, `},"detection_fps":12.4,"service":{"uptime":`...)
	b = strconv.AppendInt(b, (at-r.started)/int64(time.Second), 10)
	b = append(b, fmt.Sprintf(`,"version":"0.17.0","storage":{"/media/frigate/recordings":{"total":3815447.0,"used":%.1f,"free":900000.0}}}}`,
		2_600_000+r.rng.Float64()*1000)...)
	w.arena = b
	w.publish(at, KindHealth, r.prefix+"/stats", false, mark)
}
