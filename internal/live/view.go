package live

import (
	"time"

	"opscenter/internal/alarm"
	"opscenter/internal/city"
)

// Counts is how many devices have each status.
type Counts struct {
	OK          int `json:"ok"`
	Warning     int `json:"warning"`
	Critical    int `json:"critical"`
	Stale       int `json:"stale"`
	Unknown     int `json:"unknown"`
	Maintenance int `json:"maintenance"`
}

// ReadingView is one number as it is shown.
type ReadingView struct {
	Value      float64     `json:"value"`
	Unit       string      `json:"unit"`
	ObservedAt time.Time   `json:"observed_at,omitzero"`
	Status     city.Status `json:"status"`
}

// DeviceView is a device as it is shown. Times are in the civic zone; those that are not known are
// zero. ReceivedAt is when the device was last certainly alive, by the center's clock.
type DeviceView struct {
	ID           string                     `json:"id"`
	Subsystem    string                     `json:"subsystem"`
	Kind         string                     `json:"kind"`
	Name         string                     `json:"name"`
	Location     string                     `json:"location"`
	Parent       string                     `json:"parent,omitempty"`
	Contractor   string                     `json:"contractor,omitempty"`
	Model        string                     `json:"model,omitempty"`
	Status       city.Status                `json:"status"`
	Reason       city.Reason                `json:"reason"`
	Since        time.Time                  `json:"since,omitzero"`
	ObservedAt   time.Time                  `json:"observed_at,omitzero"`
	ReceivedAt   time.Time                  `json:"received_at,omitzero"`
	ValidUntil   time.Time                  `json:"valid_until,omitzero"`
	Availability string                     `json:"availability,omitempty"`
	Facets       map[city.Facet]city.Status `json:"facets"`
	FacetReasons map[city.Facet]city.Reason `json:"facet_reasons,omitempty"`
	States       map[string]string          `json:"states,omitempty"`
	Readings     map[string]ReadingView     `json:"readings"`
}

// LocationView is a location as it is shown; its status is the worst of its devices'. Incidents
// counts the events that go on there.
type LocationView struct {
	ID        string                 `json:"id"`
	Name      string                 `json:"name"`
	Area      string                 `json:"area"`
	Lat       float64                `json:"lat"`
	Lon       float64                `json:"lon"`
	Status    city.Status            `json:"status"`
	Devices   Counts                 `json:"devices"`
	Incidents int                    `json:"incidents"`
	Alarms    alarm.Counts           `json:"alarms"`
	Readings  map[string]ReadingView `json:"readings"`
}

// AreaView is an area as it is shown: everything at its locations together.
type AreaView struct {
	ID            string                 `json:"id"`
	Name          string                 `json:"name"`
	EffectiveFrom time.Time              `json:"effective_from,omitzero"`
	EffectiveTo   time.Time              `json:"effective_to,omitzero"`
	Status        city.Status            `json:"status"`
	Locations     int                    `json:"locations"`
	Devices       Counts                 `json:"devices"`
	Incidents     int                    `json:"incidents"`
	Alarms        alarm.Counts           `json:"alarms"`
	Readings      map[string]ReadingView `json:"readings"`
}

// SubsystemView is a subsystem as it is shown: all its devices together, and its indicators. Its
// status is the worst of both.
type SubsystemView struct {
	ID         string                   `json:"id"`
	Names      city.Names               `json:"names"`
	Status     city.Status              `json:"status"`
	Devices    Counts                   `json:"devices"`
	Incidents  int                      `json:"incidents"`
	Alarms     alarm.Counts             `json:"alarms"`
	Readings   map[string]ReadingView   `json:"readings"`
	Indicators map[string]IndicatorView `json:"indicators"`
}

// CityView is everything together. ObservationsPerS is the mean over the last ten whole seconds.
type CityView struct {
	Status           city.Status            `json:"status"`
	Devices          Counts                 `json:"devices"`
	Incidents        int                    `json:"incidents"`
	Alarms           alarm.Counts           `json:"alarms"`
	Flood            FloodView              `json:"flood"`
	ObservationsPerS float64                `json:"observations_per_s"`
	Readings         map[string]ReadingView `json:"readings"`
}

// EventView is an event that goes on, or that was over no longer than an hour ago. Kind is the kind
// of message that told of it: incident, violation, event. A plate is masked. It is overdue when it
// goes on past the time at which it should be over, where that is known.
type EventView struct {
	ID          string     `json:"id"`
	Subsystem   string     `json:"subsystem"`
	Location    string     `json:"location"`
	Kind        string     `json:"kind"`
	Type        string     `json:"type"`
	Phase       city.Phase `json:"phase"`
	Severity    string     `json:"severity,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Lat         *float64   `json:"lat,omitempty"`
	Lon         *float64   `json:"lon,omitempty"`
	SpeedKmh    *float64   `json:"speed_kmh,omitempty"`
	LimitKmh    *float64   `json:"limit_kmh,omitempty"`
	EvidenceURL string     `json:"evidence_url,omitempty"`
	Plate       string     `json:"plate,omitempty"`
	StartedAt   time.Time  `json:"started_at,omitzero"`
	UpdatedAt   time.Time  `json:"updated_at,omitzero"`
	EndedAt     time.Time  `json:"ended_at,omitzero"`
	DueAt       time.Time  `json:"due_at,omitzero"`
	Overdue     bool       `json:"overdue"`
}

func (t *tally) counts() Counts {
	return Counts{
		OK: t.devices[city.OK], Warning: t.devices[city.Warning], Critical: t.devices[city.Critical],
		Stale: t.devices[city.Stale], Unknown: t.devices[city.Unknown], Maintenance: t.devices[city.Maintenance],
	}
}

func (p *Projection) viewDevice(d *device) DeviceView {
	v := DeviceView{
		ID: d.info.ID, Subsystem: d.info.Subsystem, Kind: d.info.Kind, Name: d.info.Name,
		Location: d.info.Location, Parent: d.info.Parent, Contractor: d.info.Contractor, Model: d.info.Model,
		Status: d.status, Reason: d.reason, Since: d.since.in(p.zone),
		ObservedAt: d.observed.in(p.zone), ReceivedAt: d.seen.in(p.zone), Availability: d.told,
		Facets: make(map[city.Facet]city.Status, len(d.facets)), Readings: make(map[string]ReadingView, len(d.readings)),
	}
	if d.seen != 0 {
		v.ValidUntil = d.validUntil().in(p.zone)
	}
	for i, f := range d.plan.facets {
		if d.shows(i) {
			v.Facets[f] = d.facets[i].status
		}
		if reason := d.facets[i].reason; reason != city.ReasonNone {
			if v.FacetReasons == nil {
				v.FacetReasons = make(map[city.Facet]city.Reason, 1)
			}
			v.FacetReasons[f] = reason
		}
	}
	if len(d.states) > 0 {
		v.States = make(map[string]string, len(d.states))
	}
	for i := range d.states {
		v.States[d.states[i].def.name] = d.states[i].value
	}
	for i := range d.readings {
		r := &d.readings[i]
		v.Readings[r.metric.name] = ReadingView{
			Value: r.value, Unit: r.metric.unit, ObservedAt: r.observed.in(p.zone), Status: r.status,
		}
	}
	return v
}

func (p *Projection) viewLocation(l *location) LocationView {
	v := LocationView{
		ID: l.info.ID, Name: l.info.Name, Area: l.info.Area, Lat: l.info.Lat, Lon: l.info.Lon,
		Status: l.tally.worst(), Devices: l.tally.counts(), Incidents: l.tally.incidents, Alarms: l.tally.alarms,
		Readings: map[string]ReadingView{},
	}
	p.aggregates(l, v.Readings)
	violationReadings(l.tally.violations, p.zone, v.Readings)
	return v
}

func (p *Projection) viewEvent(e *event) EventView {
	return EventView{
		ID: e.key[len("event/"):], Subsystem: e.subsystem, Location: e.location.info.ID, Kind: e.eventID.kind, Type: e.kind,
		Phase: e.phase, Severity: e.severity, Title: e.title, Description: e.text, Lat: e.lat, Lon: e.lon,
		SpeedKmh: e.speed, LimitKmh: e.limit, EvidenceURL: e.evidence, Plate: e.plate,
		StartedAt: e.started.in(p.zone), UpdatedAt: e.updated.in(p.zone), EndedAt: e.ended.in(p.zone),
		DueAt: e.due().in(p.zone), Overdue: e.overdue,
	}
}
