package report

import (
	"slices"
	"strconv"
	"time"

	"opscenter/internal/availability"
	"opscenter/internal/city"
)

// The parameters of the availability report.
const (
	GroupBy = "group_by"
	Within  = "within" // the groups of each month, of group_by=month
	SLA     = "sla"    // %
)

func availabilityParameters() []Parameter {
	groups := choices(
		Choice{string(availability.ByDevice), names("Thiết bị", "Device")},
		Choice{string(availability.ByLocation), names("Vị trí", "Location")},
		Choice{string(availability.ByArea), names("Khu vực", "Area")},
		Choice{string(availability.ByContractor), names("Nhà thầu", "Contractor")},
		Choice{string(availability.ByMonth), names("Tháng", "Month")},
	)
	return []Parameter{
		{Key: GroupBy, Names: names("Theo", "By"), Type: TypeChoice, Default: string(availability.ByDevice), Choices: groups},
		{Key: Within, Names: names("Trong mỗi tháng theo", "In each month by"), Type: TypeChoice, Choices: groups[:len(groups)-1]},
		{Key: SLA, Names: names("Mức cam kết", "Agreed level"), Type: TypePercent, Default: "98"},
	}
}

// Availability gathers the availability report device by device.
type Availability struct {
	values   Values
	from, to time.Time
	monthly  bool
	group    availability.Group
	account  *availability.Report
}

// NewAvailability returns an empty report on the time from inclusive to exclusive, both whole seconds
// in the civic time zone. The values come from Parse. Areas are needed for their names and dates.
func NewAvailability(values Values, areas []city.Area, from, to time.Time) *Availability {
	a := &Availability{values: values, from: from, to: to, group: availability.Group(values[GroupBy])}
	if a.monthly = a.group == availability.ByMonth; !a.monthly {
		a.account = availability.NewReport(a.group, areas, from, to)
		return a
	}
	if within := values[Within]; within != "" {
		a.group = availability.Group(within)
	}
	a.account = availability.NewMonthly(a.group, from.Location(), areas, from, to)
	return a
}

// Device adds one device, once; see availability.Report.Device.
func (a *Availability) Device(placements []availability.Placement, history []availability.Interval) {
	a.account.Device(placements, history)
}

// Rows returns the rows of the report, and all of them together.
func (a *Availability) Rows() ([]availability.Row, availability.Row) { return a.account.Rows() }

// Report returns the report on what was added.
func (a *Availability) Report() Report {
	r := newReport(AvailabilityID, a.from, a.to, a.values)
	r.Method = AvailabilityMethod(a.monthly)
	sla, _ := strconv.ParseFloat(a.values[SLA], 64)
	rows, all := a.account.Rows()
	table := Table{
		Key: AvailabilityID, Names: r.Names, Columns: a.columns(),
		Bar: []Part{{"up_s", ClassUp}, {"unknown_s", ClassUnknown}, {"maintenance_s", ClassMaintenance}, {"down_s", ClassDown}},
	}
	for i := range rows {
		table.Rows = append(table.Rows, append(a.head(&rows[i]), figures(&rows[i], sla)...))
	}
	table.Total = make([]Cell, len(a.head(&all)))
	table.Total[0] = allWord()
	table.Total = append(table.Total, figures(&all, sla)...)
	r.Tables = []Table{table}
	return r
}

// AvailabilityMethod says how availability is counted.
func AvailabilityMethod(monthly bool) []city.Names {
	method := availability.Method()
	if monthly {
		method = append(method, availability.MonthMethod())
	}
	return method
}

// head returns the cells that say what a row is.
func (a *Availability) head(r *availability.Row) []Cell {
	var cells []Cell
	if a.monthly {
		cells = append(cells, Text(r.Month))
	}
	switch a.group {
	case availability.ByMonth:
	case availability.ByContractor:
		cells = append(cells, orNone(r.ID))
	case availability.ByDevice, availability.ByLocation, availability.ByArea:
		cells = append(cells, orNone(r.ID), Text(r.Name))
	}
	return cells
}

// orNone shows what belongs to no group as such.
func orNone(id string) Cell {
	if id == "" {
		return Word{"", names("(không thuộc nhóm nào)", "(none)")}
	}
	return Text(id)
}

func (a *Availability) columns() []Column {
	var columns []Column
	if a.monthly {
		columns = append(columns, Column{Key: "month", Names: names("Tháng", "Month"), Kind: KindText})
	}
	if a.group != availability.ByMonth {
		groups := availabilityParameters()[0]
		c, _ := groups.choice(string(a.group))
		columns = append(columns, Column{Key: string(a.group), Names: c.Names, Kind: KindText})
	}
	if a.group != availability.ByMonth && a.group != availability.ByContractor {
		columns = append(columns, Column{Key: "name", Names: names("Tên", "Name"), Kind: KindText})
	}
	return slices.Concat(columns, []Column{
		{Key: "devices", Names: names("Thiết bị", "Devices"), Kind: KindCount},
		{Key: "period_s", Names: names("Kỳ", "Period"), Unit: "s", Kind: KindSeconds},
		{Key: "up_s", Names: names("Hoạt động", "Up"), Unit: "s", Kind: KindSeconds},
		{Key: "down_s", Names: names("Hỏng", "Down"), Unit: "s", Kind: KindSeconds},
		{Key: "unknown_s", Names: names("Không rõ", "Unknown"), Unit: "s", Kind: KindSeconds},
		{Key: "maintenance_s", Names: names("Bảo trì", "Maintenance"), Unit: "s", Kind: KindSeconds},
		{Key: "outages", Names: names("Số lần gián đoạn", "Outages"), Kind: KindCount},
		{Key: "longest_outage_s", Names: names("Gián đoạn dài nhất", "Longest outage"), Unit: "s", Kind: KindSeconds},
		{Key: "mttr_s", Names: names("MTTR", "MTTR"), Unit: "s", Kind: KindSeconds},
		{Key: "mtbf_s", Names: names("MTBF", "MTBF"), Unit: "s", Kind: KindSeconds},
		{Key: "availability_pct", Names: names("Độ sẵn sàng", "Availability"), Unit: "%", Kind: KindPercent, Digits: 3},
		{Key: "floor_pct", Names: names("Mức sàn", "Floor"), Unit: "%", Kind: KindPercent, Digits: 3},
		{Key: "sla_met", Names: names("Đạt cam kết", "SLA met"), Kind: KindText},
	})
}

// figures returns the cells after those that say what a row is. Percentages keep four digits: at two a
// level that was just missed would look met.
func figures(r *availability.Row, sla float64) []Cell {
	var met Cell
	if percent, known := r.Availability(); known {
		met = yes(percent >= sla)
	}
	var longest Cell
	if r.Outages > 0 {
		longest = Whole(r.Longest)
	}
	return []Cell{
		Whole(r.Devices), Whole(r.Period), Whole(r.Up), Whole(r.Down), Whole(r.Unknown), Whole(r.Maintenance),
		Whole(r.Outages), longest, figure(r.MTTR, 1), figure(r.MTBF, 1), figure(r.Availability, 4), figure(r.Floor, 4), met,
	}
}
