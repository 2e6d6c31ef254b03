package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// stateVersion is the version of what State writes. Restore reads no other.
const stateVersion = 1

// ErrState is wrapped by what Restore returns for a state that it cannot go on from. A projection
// can always start from the beginning of the log instead.
var ErrState = errors.New("saved state")

type savedState struct {
	Version   int             `json:"version"`
	Now       micros          `json:"now"`
	Rate      savedRate       `json:"rate"`
	Devices   []savedDevice   `json:"devices"`
	Locations []savedLocation `json:"locations"`
	Sums      []savedSum      `json:"sums"` // by subsystem; that of the city has no id
	Events    []savedEvent    `json:"events"`
	Ledgers   []savedLedger   `json:"ledgers,omitempty"`
	Manifests []savedManifest `json:"manifests,omitempty"`
	Alarms    *alarm.State    `json:"alarms,omitempty"`
	Upkeep    []savedUpkeep   `json:"upkeep,omitempty"`
	Acts      []savedAct      `json:"acts,omitempty"`
}

type savedRate struct {
	Second int64               `json:"second"`
	Count  uint32              `json:"count"`
	Past   [rateSeconds]uint32 `json:"past"`
}

type savedDevice struct {
	ID        string         `json:"id"`
	Subsystem string         `json:"sub"`
	Intro     bool           `json:"intro"`
	Again     micros         `json:"again,omitempty"`
	Status    city.Status    `json:"st"`
	Reason    city.Reason    `json:"why,omitempty"`
	Since     micros         `json:"since"`
	Changed   micros         `json:"changed"`
	Shown     []FacetStatus  `json:"shown"`
	Heard     bool           `json:"heard,omitempty"`
	Offline   bool           `json:"offline,omitempty"`
	OfflineAt micros         `json:"offline_at,omitempty"`
	Told      string         `json:"told,omitempty"`
	Seen      micros         `json:"seen,omitempty"`
	Bare      micros         `json:"bare,omitempty"`
	Observed  micros         `json:"obs,omitempty"`
	Kinds     []savedKind    `json:"kinds,omitempty"`
	Series    []savedSeries  `json:"series,omitempty"`
	Readings  []savedReading `json:"readings,omitempty"`
	States    []savedWord    `json:"states,omitempty"`
	Digests   []uint64       `json:"digests,omitempty"`
	Oldest    uint8          `json:"oldest,omitempty"`
	Hours     *savedHours    `json:"hours,omitempty"`
}

type savedKind struct {
	Name string `json:"n"`
	Seen micros `json:"s"`
}

type savedSeries struct {
	Kind     uint8    `json:"k"`
	Channel  string   `json:"c,omitempty"`
	Last     micros   `json:"l"`
	Received micros   `json:"r"`
	Metrics  []string `json:"m,omitempty"`
	At       []micros `json:"at,omitempty"`
	Values   gappy    `json:"v,omitempty"`
}

type savedReading struct {
	Metric   string  `json:"m"`
	Value    float64 `json:"v"`
	Observed micros  `json:"o"`
	Kind     uint8   `json:"k"`

	Judged city.Status `json:"j,omitempty"`
}

type savedWord struct {
	Name     string `json:"n"`
	Value    string `json:"v"`
	Observed micros `json:"o"`
	Kind     uint8  `json:"k"`
}

type savedSum struct {
	ID         string            `json:"id"`
	Violations []savedViolations `json:"violations"`
}

type savedLocation struct {
	ID         string            `json:"id"`
	Violations []savedViolations `json:"violations,omitempty"`
	Digests    []uint64          `json:"digests,omitempty"`
	Oldest     int               `json:"oldest,omitempty"`
}

type savedViolations struct {
	Type string `json:"t"`
	Hour int    `json:"h"`
	Day  int    `json:"d"`
	Last micros `json:"l"`
}

type savedEvent struct {
	Subsystem string     `json:"sub"`
	Kind      string     `json:"kind"`
	ID        string     `json:"id"`
	Key       string     `json:"key"`
	Location  string     `json:"loc"`
	Type      string     `json:"type"`
	Phase     city.Phase `json:"phase"`
	Severity  string     `json:"sev,omitempty"`
	Title     string     `json:"title,omitempty"`
	Text      string     `json:"text,omitempty"`
	Plate     string     `json:"plate,omitempty"`
	Evidence  string     `json:"evidence,omitempty"`
	Speed     *float64   `json:"speed,omitempty"`
	Limit     *float64   `json:"limit,omitempty"`
	Lat       *float64   `json:"lat,omitempty"`
	Lon       *float64   `json:"lon,omitempty"`
	Started   micros     `json:"started"`
	Updated   micros     `json:"updated"`
	Ended     micros     `json:"ended"`
	Forgotten micros     `json:"forgotten"`
	Due       micros     `json:"due,omitempty"`
}

// gappy is a list of numbers that may hold NaN, which JSON has no word for but null.
type gappy []float64

// MarshalJSON writes NaN as null.
func (g gappy) MarshalJSON() ([]byte, error) {
	list := make([]*float64, len(g))
	for i := range g {
		if !math.IsNaN(g[i]) {
			list[i] = &g[i]
		}
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (g *gappy) UnmarshalJSON(data []byte) error {
	var list []*float64
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*g = make(gappy, len(list))
	for i, v := range list {
		(*g)[i] = math.NaN()
		if v != nil {
			(*g)[i] = *v
		}
	}
	return nil
}

// State returns everything that the projection would need to go on exactly as it is, as a JSON
// object. The same history always gives the same bytes.
func (p *Projection) State() ([]byte, error) {
	blob, err := json.Marshal(p.save())
	if err != nil {
		return nil, fmt.Errorf("live: %w: %w", ErrState, err)
	}
	return blob, nil
}

func (p *Projection) save() savedState {
	s := savedState{
		Version: stateVersion, Now: p.now,
		Rate: savedRate{Second: p.rate.second, Count: p.rate.count, Past: p.rate.past},
		Sums: []savedSum{{Violations: saveViolations(p.city.violations)}},
	}
	for _, id := range p.order {
		s.Sums = append(s.Sums, savedSum{id, saveViolations(p.sums[id].violations)})
	}
	for _, d := range p.devices {
		s.Devices = append(s.Devices, d.save())
	}
	slices.SortFunc(s.Devices, func(a, b savedDevice) int { return strings.Compare(a.ID, b.ID) })
	for _, l := range p.locations {
		s.Locations = append(s.Locations, savedLocation{l.info.ID, saveViolations(l.tally.violations), l.digests, l.oldest})
		for _, e := range l.events { // in their order
			s.Events = append(s.Events, e.save())
		}
	}
	slices.SortFunc(s.Locations, func(a, b savedLocation) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(s.Events, func(a, b savedEvent) int { return strings.Compare(a.Location, b.Location) })
	s.Ledgers, s.Manifests = p.saveLedgers(), p.declared
	desk := p.alarms.desk.State()
	s.Alarms, s.Upkeep, s.Acts = &desk, p.saveUpkeep(), p.acts.save()
	return s
}

func (d *device) save() savedDevice {
	s := savedDevice{
		ID: d.id(), Subsystem: d.info.Subsystem, Intro: d.introduced, Again: d.readmitted, Status: d.status, Reason: d.reason,
		Since: d.since, Changed: d.changed, Heard: d.heard, Offline: d.offline, OfflineAt: d.offlineAt,
		Told: d.told, Seen: d.seen, Bare: d.bare, Observed: d.observed, Oldest: d.oldest, Hours: d.hourly.save(),
	}
	for i, f := range d.plan.facets {
		s.Shown = append(s.Shown, FacetStatus{f, d.shown[i].status, d.shown[i].reason})
	}
	for _, k := range d.kinds {
		s.Kinds = append(s.Kinds, savedKind{k.name, k.seen})
	}
	for i := range d.series {
		s.Series = append(s.Series, d.series[i].save())
	}
	for _, r := range d.readings {
		s.Readings = append(s.Readings, savedReading{r.metric.name, r.value, r.observed, r.kind, r.judged})
	}
	for _, w := range d.states {
		s.States = append(s.States, savedWord{w.def.name, w.value, w.observed, w.kind})
	}
	if d.digests != [ringSize]uint64{} {
		s.Digests = d.digests[:]
	}
	return s
}

func (s *series) save() savedSeries {
	saved := savedSeries{Kind: s.kind, Channel: s.channel, Last: s.last, Received: s.received}
	if s.reports != nil && len(s.reports.at) > 0 {
		saved.Metrics, saved.At, saved.Values = s.reports.plan.metrics, s.reports.at, s.reports.values
	}
	return saved
}

func (e *event) save() savedEvent {
	return savedEvent{
		Subsystem: e.subsystem, Kind: e.eventID.kind, ID: e.id, Key: e.key, Location: e.location.info.ID,
		Type: e.kind, Phase: e.phase, Severity: e.severity, Title: e.title, Text: e.text, Plate: e.plate,
		Evidence: e.evidence, Speed: e.speed, Limit: e.limit, Lat: e.lat, Lon: e.lon,
		Started: e.started, Updated: e.updated, Ended: e.ended, Forgotten: e.forgotten, Due: e.dueAt,
	}
}

func saveViolations(list []violations) []savedViolations {
	var saved []savedViolations
	for _, v := range list {
		saved = append(saved, savedViolations{v.kind, v.hour, v.day, v.last})
	}
	return saved
}
