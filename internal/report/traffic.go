package report

import (
	"time"

	"opscenter/internal/city"
)

// Step is the parameter that says how long a row of the traffic report is.
const Step = "step"

func trafficParameters() []Parameter {
	return append([]Parameter{{
		Key: Step, Names: names("Mỗi dòng", "Each row"), Type: TypeChoice, Default: "hour",
		Choices: choices(Choice{"hour", names("một giờ", "an hour")}, Choice{"day", names("một ngày", "a day")}),
	}}, placeParameters()[:2]...)
}

// Measures is the traffic at a location in some time. What was not measured is nil.
type Measures struct {
	Vehicles   *float64
	Flow       *float64 // veh/h
	Speed      *float64 // km/h
	Occupancy  *float64 // %
	Incidents  *int64   // nil where they are no longer kept
	Violations *int64   // nil where they are no longer kept
}

// Passed is the traffic in the step that begins at From.
type Passed struct {
	From time.Time
	Measures
}

// Passage is the traffic at one location: in all the period, and step by step in the order of time.
// Steps in which nothing was told are left out.
type Passage struct {
	Location, Name string
	Area           string // id
	Whole          Measures
	Steps          []Passed
}

// Traffic gathers the traffic report location by location.
type Traffic struct {
	values   Values
	from, to time.Time
	notes    []city.Names
	whole    Table
	steps    Table
	all      trafficSum
}

// trafficSum is what can be added up over locations.
type trafficSum struct {
	vehicles              float64
	incidents, violations *int64
}

// NewTraffic returns an empty report on the time from inclusive to exclusive, in the civic time zone.
// The values come from Parse.
func NewTraffic(values Values, from, to time.Time) *Traffic {
	place := []Column{
		{Key: "location", Names: names("Mã vị trí", "Location id"), Kind: KindText},
		{Key: "name", Names: names("Vị trí", "Location"), Kind: KindText},
	}
	return &Traffic{
		values: values, from: from, to: to,
		whole: Table{Key: "locations", Names: names("Theo vị trí", "By location"), Columns: append(append(place[:2:2], measureColumns()...),
			Column{Key: "peak_flow", Names: names("Lưu lượng cao nhất", "Peak flow"), Unit: "veh/h", Kind: KindNumber},
			Column{Key: "peak_from", Names: names("Lúc cao nhất", "Peak at"), Kind: KindTime})},
		steps: Table{Key: "steps", Names: names("Theo vị trí và thời gian", "By location and time"), Columns: append(append(place[:2:2],
			Column{Key: "from", Names: names("Từ", "From"), Kind: KindTime}), measureColumns()...)},
	}
}

// Location adds one location, once. Add them by id.
func (t *Traffic) Location(p *Passage) {
	var peak *Passed
	for i := range p.Steps {
		s := &p.Steps[i]
		t.steps.Rows = append(t.steps.Rows, append([]Cell{Text(p.Location), Text(p.Name), moment(s.From)}, s.cells()...))
		if s.Flow != nil && (peak == nil || *s.Flow > *peak.Flow) {
			peak = s
		}
	}
	row := append([]Cell{Text(p.Location), Text(p.Name)}, p.Whole.cells()...)
	if peak != nil {
		row = append(row, optional(peak.Flow, 0), moment(peak.From))
	} else {
		row = append(row, nil, nil)
	}
	t.whole.Rows = append(t.whole.Rows, row)
	if p.Whole.Vehicles != nil {
		t.all.vehicles += *p.Whole.Vehicles
	}
	t.all.incidents = plus(t.all.incidents, p.Whole.Incidents)
	t.all.violations = plus(t.all.violations, p.Whole.Violations)
}

// Note adds what the reader must know.
func (t *Traffic) Note(n city.Names) { t.notes = append(t.notes, n) }

// Report returns the report on what was added.
func (t *Traffic) Report() Report {
	r := newReport(TrafficID, t.from, t.to, t.values)
	r.Method, r.Notes = trafficMethod(), t.notes
	t.whole.Total = make([]Cell, len(t.whole.Columns))
	t.whole.Total[0] = allWord()
	t.whole.Total[2] = number(t.all.vehicles, 0)
	t.whole.Total[6], t.whole.Total[7] = counted(t.all.incidents), counted(t.all.violations)
	r.Tables = []Table{t.whole, t.steps}
	return r
}

func (m *Measures) cells() []Cell {
	return []Cell{
		optional(m.Vehicles, 0), optional(m.Flow, 0), optional(m.Speed, 1), optional(m.Occupancy, 1), counted(m.Incidents), counted(m.Violations),
	}
}

// counted returns a count that may not be known.
func counted(n *int64) Cell {
	if n == nil {
		return nil
	}
	return Whole(*n)
}

// plus adds a count that may not be known to a sum of those that are; nil for none so far.
func plus(sum, n *int64) *int64 {
	if n == nil {
		return sum
	}
	total := *n
	if sum != nil {
		total += *sum
	}
	return &total
}

func measureColumns() []Column {
	return []Column{
		{Key: "vehicles", Names: names("Số phương tiện", "Vehicles"), Kind: KindNumber},
		{Key: "vehicle_flow", Names: names("Lưu lượng", "Flow"), Unit: "veh/h", Kind: KindNumber},
		{Key: "speed_kmh", Names: names("Tốc độ trung bình", "Mean speed"), Unit: "km/h", Kind: KindNumber, Digits: 1},
		{Key: "occupancy_pct", Names: names("Độ chiếm dụng", "Occupancy"), Unit: "%", Kind: KindPercent, Digits: 1},
		{Key: "incidents", Names: names("Sự cố giao thông", "Incidents"), Kind: KindCount},
		{Key: "violations", Names: names("Vi phạm", "Violations"), Kind: KindCount},
	}
}

func trafficMethod() []city.Names {
	return []city.Names{
		names("Lưu lượng = tổng, theo từng đầu đo, của số phương tiện ÷ thời gian đo (giây) × 3600; thời gian không đo không được coi là không có xe.",
			"Flow is, summed over detectors, vehicles ÷ measured seconds × 3600; time that was not measured does not count as time without vehicles."),
		names("Tốc độ trung bình = tổng (tốc độ × số phương tiện) ÷ tổng số phương tiện của các bản tin có tốc độ; độ chiếm dụng = tổng (độ chiếm dụng × thời gian đo) ÷ tổng thời gian đo.",
			"Mean speed is Σ speed × vehicles ÷ Σ vehicles over the messages that have a speed; occupancy is Σ occupancy × measured seconds ÷ Σ measured seconds."),
		names("Số liệu được lấy từ tổng theo giờ; một giờ thuộc về vị trí của thiết bị lúc giờ đó kết thúc. Kỳ bắt đầu từ đầu bước chứa lúc bắt đầu và kết thúc ở bước trọn vẹn cuối cùng.",
			"Figures are made from sums per hour; an hour belongs to the location where the device was at its end. The period begins with the step that its beginning is in, and ends with the last step that is whole."),
		names("Sự cố giao thông được đếm lúc bắt đầu, vi phạm lúc xảy ra, theo đồng hồ của thiết bị gửi tin.",
			"Incidents are counted when they began, violations when they happened, by the sender's clock."),
		names("Bước không có bản tin, sự cố hay vi phạm nào thì không có dòng; ô trống là không đo được, không phải là không.",
			"A step without any message, incident or violation has no row; an empty cell was not measured, and is not nought."),
	}
}
