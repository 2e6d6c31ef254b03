package subsystemtest

import (
	"encoding/json"
	"fmt"
	"time"

	"opscenter/internal/city"
)

// seen is an observation as fixtures write it: everything that a decoder fills in.
type seen struct {
	Kind       string             `json:"kind"`
	Channel    string             `json:"channel,omitempty"`
	External   string             `json:"external,omitempty"`
	ObservedAt time.Time          `json:"observed_at"`
	Undated    bool               `json:"undated,omitempty"`
	Seq        uint64             `json:"seq,omitempty"`
	Readings   map[string]float64 `json:"readings,omitempty"`
	States     map[string]string  `json:"states,omitempty"`
	Event      *seenEvent         `json:"event,omitempty"`
	Indicator  *seenIndicator     `json:"indicator,omitempty"`

	Announcement *seenAnnouncement `json:"announcement,omitempty"`
}

type seenIndicator struct {
	Code        string   `json:"code"`
	Period      string   `json:"period"`
	Value       float64  `json:"value"`
	Scope       string   `json:"scope,omitempty"`
	Numerator   *float64 `json:"numerator,omitempty"`
	Denominator *float64 `json:"denominator,omitempty"`
	Revision    int      `json:"revision,omitempty"`
}

type seenAnnouncement struct {
	Name      string `json:"name,omitempty"`
	Maker     string `json:"maker,omitempty"`
	Model     string `json:"model,omitempty"`
	Firmware  string `json:"firmware,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Withdrawn bool   `json:"withdrawn,omitempty"`
}

type seenEvent struct {
	ID          string     `json:"id"`
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
	DueAt       time.Time  `json:"due_at,omitzero"`
}

// render writes observations as a fixture's section want has them.
func render(observations []city.Observation) (string, error) {
	all := make([]seen, len(observations))
	for i := range observations {
		o := &observations[i]
		s := seen{
			Kind: o.Kind, Channel: o.Channel, External: o.External, ObservedAt: o.ObservedAt, Undated: o.Undated, Seq: o.Seq,
			Readings: make(map[string]float64), States: make(map[string]string),
		}
		for _, r := range o.Readings {
			s.Readings[r.Metric] = r.Value
		}
		for _, st := range o.States {
			s.States[st.Name] = st.Value
		}
		if e := o.Event; e != nil {
			s.Event = &seenEvent{
				e.ID, e.Type, e.Phase, e.Severity, e.Title, e.Description,
				e.Lat, e.Lon, e.SpeedKmh, e.LimitKmh, e.EvidenceURL, e.Plate.Clear, e.DueAt,
			}
		}
		s.Indicator, s.Announcement = (*seenIndicator)(o.Indicator), (*seenAnnouncement)(o.Announcement)
		all[i] = s
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return "", fmt.Errorf("observations that cannot be written: %w", err)
	}
	return string(text) + "\n", nil
}
