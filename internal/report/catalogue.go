package report

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

// ErrParameter is wrapped by errors about what was asked for; they name the parameter.
var ErrParameter = errors.New("parameter")

// The ids of the reports.
const (
	AvailabilityID = "availability"
	FaultsID       = "faults"
	AgeingID       = "ageing"
	HandoverID     = "handover"
	TrafficID      = "traffic"
	IndicatorsID   = "indicators"
)

const day = 24 * time.Hour

// Definition says what a report is called, what it tells, and what it can be asked.
type Definition struct {
	ID         string
	Names      city.Names
	Doc        city.Names
	Longest    time.Duration // that its period may be
	Parameters []Parameter
}

// Type is what the value of a parameter is.
type Type string

// The types of parameters.
const (
	TypeChoice  Type = "choice"  // one of the choices
	TypeChoices Type = "choices" // one or several, with commas between
	TypePercent Type = "percent" // a number from 0 to 100
	TypeID      Type = "id"      // of something registered
	TypeText    Type = "text"    // at most 1,000 bytes
	TypeTime    Type = "time"    // RFC 3339
)

// Parameter is something that a report can be asked for, beside its period.
type Parameter struct {
	Key     string
	Names   city.Names
	Type    Type
	Default string // empty: none, which does not narrow the report
	Choices []Choice
}

// Choice is one value of a parameter.
type Choice struct {
	Value string
	Names city.Names
}

// Catalogue returns the definition of every report, in the order in which people are shown them.
func Catalogue() []Definition {
	const years = 2 * 366 * day
	return []Definition{
		{
			AvailabilityID, names("Độ sẵn sàng của thiết bị", "Availability of devices"),
			names("Thời gian hoạt động, hỏng, không rõ và bảo trì theo nhóm; số lần và độ dài gián đoạn; so với mức cam kết.",
				"Time up, down, unknown and in maintenance by group; number and length of outages; against the agreed level."),
			years, availabilityParameters(),
		},
		{
			FaultsID, names("Danh sách sự cố thiết bị", "Device faults"),
			names("Mọi thiết bị hỏng hoặc im lặng trong kỳ: ở đâu, của nhà thầu nào, vì sao, từ khi nào, trong bao lâu.",
				"Every device that was down or silent in the period: where, whose, why, since when and for how long."),
			31 * day, faultParameters(),
		},
		{
			AgeingID, names("Tuổi sự cố chưa khắc phục", "Ageing of open faults"),
			names("Sự cố còn mở lúc cuối kỳ theo tuổi, nhà thầu và khu vực, cũ nhất trước.",
				"Faults open at the end of the period by age, contractor and area, oldest first."),
			31 * day, faultParameters(),
		},
		{
			HandoverID, names("Bàn giao ca", "Shift hand-over"),
			names("Cảnh báo phát sinh, hết và còn lại; những gì tạm gác, đã làm và đã ghi chú; bảo trì; lúc trung tâm không nhận tin.",
				"Alarms that opened, cleared and remain; what is shelved, was done and said; maintenance; when the center was blind."),
			31 * day, placeParameters(),
		},
		{
			TrafficID, names("Giao thông theo vị trí và giờ", "Traffic by location and hour"),
			names("Lưu lượng, tốc độ, độ chiếm dụng; số sự cố giao thông và vi phạm.", "Flow, speed, occupancy; numbers of incidents and violations."),
			400 * day, trafficParameters(),
		},
		{
			IndicatorsID, names("Chỉ tiêu so với mục tiêu", "Indicators against target"),
			names("Giá trị, tử số, mẫu số, mục tiêu và chênh lệch của mọi kỳ báo cáo.", "Value, parts, target and gap of every period told."),
			years, indicatorParameters(),
		},
	}
}

// Find returns the definition of a report.
func Find(id string) (Definition, bool) {
	all := Catalogue()
	if i := slices.IndexFunc(all, func(d Definition) bool { return d.ID == id }); i >= 0 {
		return all[i], true
	}
	return Definition{}, false
}

// Values are the parameters that a report is made with, by key, with defaults filled in.
type Values map[string]string

// Parse checks what was asked for. A parameter that the report does not have is an error that names it.
func (d *Definition) Parse(asked map[string]string) (Values, error) {
	values := make(Values, len(d.Parameters))
	var faults []error
	for i := range d.Parameters {
		p := &d.Parameters[i]
		value := asked[p.Key]
		if value == "" {
			value = p.Default
		}
		if err := p.check(value); err != nil {
			faults = append(faults, fmt.Errorf("%w %s: %w", ErrParameter, p.Key, err))
		}
		values[p.Key] = value
	}
	for key := range asked {
		if _, known := values[key]; !known {
			faults = append(faults, fmt.Errorf("%w %q: the report %s has none of this name", ErrParameter, key, d.ID))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return values, errors.Join(faults...)
}

func (p *Parameter) check(value string) error {
	if value == "" {
		return nil
	}
	switch p.Type {
	case TypeChoice:
		if _, known := p.choice(value); !known {
			return fmt.Errorf("%.40q is none of %s", value, p.list())
		}
	case TypeChoices:
		for v := range strings.SplitSeq(value, ",") {
			if _, known := p.choice(v); !known {
				return fmt.Errorf("%.40q is none of %s", v, p.list())
			}
		}
	case TypePercent:
		if v, err := strconv.ParseFloat(value, 64); err != nil || !(v >= 0 && v <= 100) {
			return fmt.Errorf("%.40q is no number from 0 to 100", value)
		}
	case TypeID:
		return city.CheckID(value)
	case TypeText:
		if len(value) > 1000 {
			return errors.New("it is longer than 1,000 bytes")
		}
	case TypeTime:
		if _, err := time.Parse(time.RFC3339, value); err != nil {
			return fmt.Errorf("%.40q is no time in RFC 3339", value)
		}
	}
	return nil
}

func (p *Parameter) choice(value string) (Choice, bool) {
	if i := slices.IndexFunc(p.Choices, func(c Choice) bool { return c.Value == value }); i >= 0 {
		return p.Choices[i], true
	}
	return Choice{}, false
}

func (p *Parameter) list() string {
	values := make([]string, len(p.Choices))
	for i, c := range p.Choices {
		values[i] = c.Value
	}
	return strings.Join(values, ", ")
}

// settings are the values as a report prints them. What does not narrow it is left out.
func (d *Definition) settings(values Values) []Setting {
	var settings []Setting
	for i := range d.Parameters {
		p := &d.Parameters[i]
		if value := values[p.Key]; value != "" {
			settings = append(settings, Setting{p.Key, p.Names, value, p.shown(value)})
		}
	}
	return settings
}

func (p *Parameter) shown(value string) city.Names {
	switch p.Type {
	case TypeChoice, TypeChoices:
		var shown city.Names
		for i, v := range strings.Split(value, ",") {
			c, _ := p.choice(v)
			if i > 0 {
				shown.VI += ", "
				shown.EN += ", "
			}
			shown.VI += c.Names.VI
			shown.EN += c.Names.EN
		}
		return shown
	case TypePercent:
		return names(value+" %", value+" %")
	case TypeID, TypeText, TypeTime:
	}
	return names(value, value)
}

// newReport returns a report without tables.
func newReport(id string, from, to time.Time, values Values) Report {
	d, _ := Find(id)
	return Report{ID: id, Names: d.Names, From: from, To: to, AsOf: to, Parameters: d.settings(values)}
}

func choices(values ...Choice) []Choice { return values }
