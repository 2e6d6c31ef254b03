package httpapi

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"opscenter/internal/city"
)

// The entities of the live picture, as they are described to clients. They travel as the JSON that
// the picture holds, which may have more fields than these.

// Reading is a number that a device or a location shows.
type Reading struct {
	Value      float64   `json:"value"`
	Unit       string    `json:"unit"`
	ObservedAt time.Time `json:"observed_at,omitzero"`
	Status     string    `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance"`
}

// Counts is how many devices have each status.
type Counts struct {
	OK          int `json:"ok"`
	Warning     int `json:"warning"`
	Critical    int `json:"critical"`
	Stale       int `json:"stale"`
	Unknown     int `json:"unknown"`
	Maintenance int `json:"maintenance"`
}

// Device is a registered device, live.
type Device struct {
	ID           string             `json:"id"`
	Subsystem    string             `json:"subsystem"`
	Kind         string             `json:"kind"`
	Name         string             `json:"name"`
	Location     string             `json:"location"`
	Parent       string             `json:"parent,omitempty" doc:"id of the device that it hangs on"`
	Contractor   string             `json:"contractor,omitempty"`
	Model        string             `json:"model,omitempty"`
	Status       string             `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance"`
	Reason       string             `json:"reason" doc:"why the status is not ok, as a code"`
	Since        time.Time          `json:"since,omitzero" doc:"since when it has this status"`
	ObservedAt   time.Time          `json:"observed_at,omitzero" doc:"the device's own time of its last word"`
	ReceivedAt   time.Time          `json:"received_at,omitzero" doc:"the center's time of its last word"`
	ValidUntil   time.Time          `json:"valid_until,omitzero" doc:"when it becomes stale unless it says something"`
	Availability string             `json:"availability,omitempty" doc:"what it or its last will said: online or offline"`
	Facets       map[string]string  `json:"facets" doc:"status of link, recording and image"`
	FacetReasons map[string]string  `json:"facet_reasons,omitempty"`
	States       map[string]string  `json:"states,omitempty"`
	Readings     map[string]Reading `json:"readings"`
}

// Location is a place with devices, live.
type Location struct {
	ID        string             `json:"id"`
	Name      string             `json:"name"`
	Area      string             `json:"area"`
	Lat       float64            `json:"lat" doc:"degrees, WGS 84"`
	Lon       float64            `json:"lon" doc:"degrees, WGS 84"`
	Status    string             `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance"`
	Devices   Counts             `json:"devices"`
	Incidents int                `json:"incidents" doc:"events that go on there"`
	Readings  map[string]Reading `json:"readings"`
}

// Subsystem is a line of business, live.
type Subsystem struct {
	ID         string               `json:"id"`
	Names      city.Names           `json:"names"`
	Status     string               `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance" doc:"the worst of its devices and its indicators"`
	Devices    Counts               `json:"devices"`
	Incidents  int                  `json:"incidents"`
	Readings   map[string]Reading   `json:"readings"`
	Indicators map[string]Indicator `json:"indicators" doc:"by code, or code@scope for a part of the whole"`
}

// Indicator is the newest figure of a line of business, told or computed by the center.
type Indicator struct {
	Value       *float64  `json:"value,omitempty" doc:"absent if it was never told, or there is nothing to compute it from"`
	Unit        string    `json:"unit"`
	Numerator   *float64  `json:"numerator,omitempty" doc:"of a ratio that was told in parts"`
	Denominator *float64  `json:"denominator,omitempty"`
	Period      string    `json:"period,omitempty" example:"2026-11-23" doc:"what it speaks of: a day, week, month, quarter or year"`
	PeriodType  string    `json:"period_type" enum:"day,week,month,quarter,year"`
	Revision    int       `json:"revision" doc:"grows when the figure of a period is corrected"`
	Scope       string    `json:"scope,omitempty" doc:"the part of the whole that it speaks of"`
	ObservedAt  time.Time `json:"observed_at,omitzero"`
	ReceivedAt  time.Time `json:"received_at,omitzero"`
	ValidUntil  time.Time `json:"valid_until,omitzero" doc:"when it becomes stale unless it is told again"`
	Status      string    `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance"`
	Reason      string    `json:"reason" doc:"why the status is not ok, as a code"`
	Target      *float64  `json:"target,omitempty"`
	Good        string    `json:"good,omitempty" enum:"above,below" doc:"which way people want it to go"`
	Computed    bool      `json:"computed" doc:"made by the center, rather than told"`
	Trend       []float64 `json:"trend,omitempty" maxItems:"12" doc:"what was told last of the periods before, oldest first"`
}

// Area is an administrative unit, live.
type Area struct {
	ID            string             `json:"id"`
	Name          string             `json:"name"`
	EffectiveFrom time.Time          `json:"effective_from,omitzero"`
	EffectiveTo   time.Time          `json:"effective_to,omitzero"`
	Status        string             `json:"status" enum:"ok,warning,critical,stale,unknown,maintenance"`
	Locations     int                `json:"locations" doc:"how many it has"`
	Devices       Counts             `json:"devices"`
	Incidents     int                `json:"incidents"`
	Readings      map[string]Reading `json:"readings"`
}

// Raw is an entity as the picture holds it, described as a T.
type Raw[T any] json.RawMessage

// MarshalJSON writes the entity as it is.
func (r Raw[T]) MarshalJSON() ([]byte, error) { return json.RawMessage(r).MarshalJSON() }

// Schema describes the entity.
func (r Raw[T]) Schema(registry huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	ref := registry.Schema(t, true, "")
	registry.SchemaFromRef(ref.Ref).AdditionalProperties = true
	return ref
}

// List is one page of a list.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; absent on the last"`
	Total int    `json:"total" doc:"how many match, on all pages"`
}

// Page says which page of a list to give.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor string `query:"cursor" maxLength:"512" doc:"next of the page before"`
}
