package report

import (
	"cmp"
	"slices"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/subsystem"
)

// The parameters of the report on indicators.
const (
	Subsystem = "subsystem"
	Period    = "period"
	Scope     = "scope" // empty: the whole; *: the whole and every part
	AsOf      = "as_of" // what was told by then counts
)

func indicatorParameters() []Parameter {
	return []Parameter{
		{Key: Subsystem, Names: names("Phân hệ", "Subsystem"), Type: TypeID},
		{
			Key: Period, Names: names("Kỳ báo cáo", "Period"), Type: TypeChoice,
			Choices: choices(
				Choice{string(subsystem.Daily), names("ngày", "day")}, Choice{string(subsystem.Weekly), names("tuần", "week")},
				Choice{string(subsystem.Monthly), names("tháng", "month")}, Choice{string(subsystem.Quarterly), names("quý", "quarter")},
				Choice{string(subsystem.Yearly), names("năm", "year")},
			),
		},
		{Key: Scope, Names: names("Phạm vi", "Scope"), Type: TypeText},
		{Key: AsOf, Names: names("Số liệu đến", "As of"), Type: TypeTime},
	}
}

// Told is the figure that counts of one period.
type Told struct {
	city.Indicator
	ObservedAt, ReceivedAt time.Time
}

// Indicators gathers the report on indicators.
type Indicators struct {
	values   Values
	from, to time.Time
	latest   time.Time // that a counted figure was received
	tables   []Table
}

// NewIndicators returns an empty report on the periods that begin between from, inclusive, and to,
// exclusive. The values come from Parse.
func NewIndicators(values Values, from, to time.Time) *Indicators {
	return &Indicators{values: values, from: from, to: to}
}

// Wants reports whether the values narrow the report to others than this indicator.
func (v Values) Wants(s *subsystem.Spec, in *subsystem.Indicator) bool {
	return (v[Subsystem] == "" || v[Subsystem] == s.ID) && (v[Period] == "" || v[Period] == string(in.Period))
}

// Indicator adds what was told of one indicator, oldest period first. Add those of one subsystem after
// each other.
func (i *Indicators) Indicator(s *subsystem.Spec, in *subsystem.Indicator, told []Told) {
	if len(told) == 0 {
		return
	}
	if n := len(i.tables); n == 0 || i.tables[n-1].Key != s.ID {
		i.tables = append(i.tables, Table{Key: s.ID, Names: s.Names, Columns: indicatorColumns()})
	}
	t := &i.tables[len(i.tables)-1]
	for k := range told {
		f := &told[k]
		t.Rows = append(t.Rows, i.row(in, f))
		if f.ReceivedAt.After(i.latest) {
			i.latest = f.ReceivedAt
		}
	}
}

// Report returns the report on what was added. It says as of when it is: what was asked for, or when
// the last of its figures was received, so that naming this time gives the same report later too.
func (i *Indicators) Report() Report {
	r := newReport(IndicatorsID, i.from, i.to, i.values)
	r.Method, r.Tables = indicatorMethod(), i.tables
	if at, err := time.Parse(time.RFC3339, i.values[AsOf]); err == nil {
		r.AsOf = at.In(i.from.Location())
	} else if !i.latest.IsZero() {
		r.AsOf = ceil(i.latest).In(i.from.Location())
	}
	slices.SortStableFunc(r.Tables, func(a, b Table) int { return cmp.Compare(a.Key, b.Key) })
	return r
}

// ceil returns the whole second at or after a time.
func ceil(t time.Time) time.Time {
	if whole := t.Truncate(time.Second); !whole.Equal(t) {
		return whole.Add(time.Second)
	}
	return t
}

func (i *Indicators) row(in *subsystem.Indicator, f *Told) []Cell {
	var gap, met Cell
	if in.Target != nil {
		gap = number(f.Value-*in.Target, 4)
		switch in.Good {
		case subsystem.Above:
			met = yes(f.Value >= *in.Target)
		case subsystem.Below:
			met = yes(f.Value <= *in.Target)
		}
	}
	return []Cell{
		Word{in.Code, in.Names},
		Text(f.Period), optionalText(f.Scope), number(f.Value, 4), optionalText(in.Unit),
		optional(f.Numerator, 4), optional(f.Denominator, 4), optional(in.Target, 4), gap, met,
		statusWord(judge(in, f.Value)), Whole(f.Revision), moment(f.ObservedAt.In(i.from.Location())),
	}
}

// judge says how well a figure is by the thresholds of its indicator, as the wall does. A value is
// beyond a threshold only when it is not at it.
func judge(in *subsystem.Indicator, value float64) city.Status {
	beyond := func(threshold *float64) bool {
		if threshold == nil {
			return false
		}
		if in.Good == subsystem.Above {
			return value < *threshold
		}
		return value > *threshold
	}
	switch {
	case beyond(in.Critical):
		return city.Critical
	case beyond(in.Warning):
		return city.Warning
	}
	return city.OK
}

func indicatorColumns() []Column {
	return []Column{
		{Key: "indicator", Names: names("Chỉ tiêu", "Indicator"), Kind: KindText},
		{Key: "period", Names: names("Kỳ", "Period"), Kind: KindText},
		{Key: "scope", Names: names("Phạm vi", "Scope"), Kind: KindText},
		{Key: "value", Names: names("Giá trị", "Value"), Kind: KindNumber, Digits: 2},
		{Key: "unit", Names: names("Đơn vị", "Unit"), Kind: KindText},
		{Key: "numerator", Names: names("Tử số", "Numerator"), Kind: KindNumber, Digits: 2},
		{Key: "denominator", Names: names("Mẫu số", "Denominator"), Kind: KindNumber, Digits: 2},
		{Key: "target", Names: names("Mục tiêu", "Target"), Kind: KindNumber, Digits: 2},
		{Key: "gap", Names: names("Chênh lệch", "Gap"), Kind: KindNumber, Digits: 2},
		{Key: "target_met", Names: names("Đạt mục tiêu", "Target met"), Kind: KindText},
		{Key: "status", Names: names("Trạng thái", "Status"), Kind: KindText},
		{Key: "revision", Names: names("Lần sửa", "Revision"), Kind: KindCount},
		{Key: "observed_at", Names: names("Lúc báo", "Told at"), Kind: KindTime},
	}
}

func indicatorMethod() []city.Names {
	return []city.Names{
		names("Mỗi kỳ báo cáo bắt đầu trong thời gian đã chọn có một dòng: của lần sửa cao nhất, và của lần đó số liệu báo sau cùng. Các số liệu trước đó vẫn được lưu.",
			"Every period that begins in the chosen time has one row: of its highest revision, and of that the figure told last. Earlier figures are kept."),
		names("Chỉ tính những số liệu trung tâm đã nhận đến thời điểm “số liệu đến”; nêu lại thời điểm đó sẽ cho đúng báo cáo này, kể cả khi sau này có sửa.",
			"Only figures that the center had received by “as of” count; naming that time again gives this report, also when figures are revised later."),
		names("Tỷ lệ = tử số ÷ mẫu số, được ghi kèm nếu đơn vị báo đã gửi cả hai. Chênh lệch = giá trị − mục tiêu.",
			"A ratio is its numerator ÷ its denominator, which stand beside it where they were told. The gap is value − target."),
		names("Trạng thái theo ngưỡng của chỉ tiêu hiện nay: cảnh báo hoặc nghiêm trọng khi giá trị vượt qua ngưỡng, không phải khi bằng ngưỡng.",
			"The status is by the indicator's thresholds as they are now: warning or critical when the value is beyond the threshold, not at it."),
	}
}
