package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"opscenter/internal/city"
)

// paper writes cells for people in one language and one zone.
type paper struct {
	lang Lang
	zone *time.Location
}

// cell is what people read in a cell of a column.
func (p paper) cell(c Cell, of *Column) string {
	switch c := c.(type) {
	case Text:
		return string(c)
	case Word:
		return p.lang.of(c.Names)
	case Moment:
		return p.time(time.Time(c))
	case Whole:
		if of.Kind == KindSeconds {
			return p.duration(int64(c))
		}
		return p.group(strconv.FormatInt(int64(c), 10))
	case Real:
		switch of.Kind {
		case KindSeconds:
			return p.duration(int64(c))
		case KindPercent: // 97.9996 is not 98
			return p.group(strconv.FormatFloat(truncated(float64(c), of.Digits), 'f', of.Digits, 64))
		case KindText, KindCount, KindNumber, KindTime:
		}
		return p.group(shorten(strconv.FormatFloat(float64(c), 'f', of.Digits, 64)))
	}
	return ""
}

// truncated cuts digits off a percentage, so that what falls short of a level never looks as if it
// did not.
func truncated(v float64, digits int) float64 {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if dot := strings.IndexByte(text, '.'); dot >= 0 && len(text) > dot+1+digits {
		v, _ = strconv.ParseFloat(text[:dot+1+digits], 64)
	}
	return v
}

// shorten removes noughts at the end of a fraction.
func shorten(number string) string {
	if !strings.Contains(number, ".") {
		return number
	}
	return strings.TrimRight(strings.TrimRight(number, "0"), ".")
}

// group writes a decimal number as the language does: 1.234,5 or 1,234.5.
func (p paper) group(number string) string {
	whole, fraction, broken := strings.Cut(number, ".")
	sign := ""
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, whole = "−", rest
	}
	thousands, point := ".", ","
	if p.lang == English {
		thousands, point = ",", "."
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + thousands + whole[i:]
	}
	if !broken {
		return sign + whole
	}
	return sign + whole + point + fraction
}

// duration writes seconds as 03:20:15, and from a day on, where seconds do not matter, as 1 d 03:20.
func (p paper) duration(seconds int64) string {
	h, m, s := seconds/3600%24, seconds/60%60, seconds%60
	if days := seconds / 86400; days > 0 {
		return fmt.Sprintf("%s %s %02d:%02d", p.group(strconv.FormatInt(days, 10)), p.lang.of(names("ngày", "d")), h, m)
	}
	return fmt.Sprintf("%02d:%02d:%02d", h, m, s)
}

// time writes a time in the civic time zone.
func (p paper) time(t time.Time) string {
	return t.In(p.zone).Format(p.lang.of(names("02/01/2006 15:04:05", "2006-01-02 15:04:05")))
}

// moment writes a time to the minute, as a boundary of a period.
func (p paper) moment(t time.Time) string {
	if t.Second() != 0 {
		return p.time(t)
	}
	return t.In(p.zone).Format(p.lang.of(names("15:04 ngày 02/01/2006", "2006-01-02 15:04")))
}

// offset names a time's zone, which may be ahead of UTC by other amounts at other times.
func (p paper) offset(t time.Time) string {
	return fmt.Sprintf("%s, UTC%s", p.zone, t.In(p.zone).Format("-07:00"))
}

// head is what stands over a column: its name, and its unit where cells are bare numbers.
func (p paper) head(c *Column, raw bool) string {
	name := p.lang.of(c.Names)
	if c.Unit == "" || c.Kind == KindSeconds && !raw {
		return name
	}
	return name + " (" + p.unit(c.Unit) + ")"
}

// unit translates units that are words.
func (p paper) unit(u string) string {
	if u == "veh/h" {
		return p.lang.of(city.Names{VI: "xe/giờ", EN: "veh/h"})
	}
	return u
}

// about says for people what the report is of: the period, what it is as of, and its parameters, as
// names and values.
func (p paper) about(r *Report) [][2]string {
	pairs := [][2]string{
		{p.lang.of(names("Từ", "From")), p.moment(r.From) + " (" + p.offset(r.From) + ")"},
		{p.lang.of(names("Đến trước", "To, exclusive")), p.moment(r.To) + " (" + p.offset(r.To) + ")"},
		{p.lang.of(names("Số liệu đến", "Data as of")), p.moment(r.AsOf)},
	}
	for _, s := range r.Parameters {
		pairs = append(pairs, [2]string{p.lang.of(s.Names), p.lang.of(s.Shown)})
	}
	return pairs
}
