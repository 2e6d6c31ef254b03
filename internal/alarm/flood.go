package alarm

// A flood is more than ten new alarms in ten minutes for each operator, and is over when there are
// fewer than five (ISA-18.2, EEMUA 191, by secondary sources).
const (
	floodMinutes = 10
	floodBegins  = 10
	floodEnds    = 5
	floodBuckets = floodMinutes * 60
)

// flood counts new alarms by the second, over the last ten minutes.
type flood struct {
	Second int64         `json:"second"` // of the newest bucket
	Counts map[int64]int `json:"counts,omitempty"`
	Sum    int           `json:"sum"`
	Since  Micros        `json:"since,omitempty"` // 0: there is no flood
}

// advance forgets what is ten minutes old, and reports whether that changed anything.
func (f *flood) advance(now Micros, operators int) (changed bool) {
	s := int64(now / second)
	if s <= f.Second {
		return false
	}
	for at, n := range f.Counts {
		if at <= s-floodBuckets {
			f.Sum -= n
			delete(f.Counts, at)
			changed = true
		}
	}
	f.Second = s
	if f.Since != 0 && f.Sum < floodEnds*operators {
		f.Since = 0
	}
	return changed
}

// count counts a new alarm.
func (f *flood) count(now Micros, operators int) {
	f.advance(now, operators)
	if f.Counts == nil {
		f.Counts = make(map[int64]int)
	}
	f.Counts[int64(now/second)]++
	f.Sum++
	if f.Since == 0 && f.Sum > floodBegins*operators {
		f.Since = now
	}
}
