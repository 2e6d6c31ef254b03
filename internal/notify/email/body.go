package email

import (
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/notify"
)

// The choices of Settings.Lang.
const (
	langVI   = "vi"
	langEN   = "en"
	langBoth = "both"
)

//go:embed body.txt
var textSource string

//go:embed body.html
var htmlSource string

// page is a message in one language, ready to be written.
type page struct {
	Lang   string
	Title  string
	Link   string
	Open   string // what the link says
	Counts []row
	Alarms []alarm
	More   string // how many alarms are not named; empty: none
	Foot   string
}

// row is a label and what it says.
type row struct{ Label, Value string }

type alarm struct {
	Severity string
	Critical bool
	Title    string
	Link     string
	Rows     []row
}

// subject is the line by which people find the mail.
func (c *channel) subject(m *notify.Message) string {
	switch c.settings.Lang {
	case langVI:
		return m.Title.VI
	case langEN:
		return m.Title.EN
	}
	return m.Title.VI + " / " + m.Title.EN
}

// bodies writes the message as plain text and as HTML, in the chosen languages, Vietnamese first.
func (c *channel) bodies(m *notify.Message) (text, html string, err error) {
	var pages []page
	if c.settings.Lang != langEN {
		pages = append(pages, c.page(m, langVI))
	}
	if c.settings.Lang != langVI {
		pages = append(pages, c.page(m, langEN))
	}
	var plain, rich strings.Builder
	t, err := texttemplate.New("text").Parse(textSource)
	if err == nil {
		err = t.Execute(&plain, pages)
	}
	if err != nil {
		return "", "", err
	}
	h, err := htmltemplate.New("html").Parse(htmlSource)
	if err == nil {
		err = h.Execute(&rich, pages)
	}
	return plain.String(), rich.String(), err
}

// words chooses between the languages.
type words string

func (w words) say(vi, en string) string {
	if w == langVI {
		return vi
	}
	return en
}

func (w words) of(n city.Names) string { return w.say(n.VI, n.EN) }

func (c *channel) page(m *notify.Message, lang string) page {
	w := words(lang)
	p := page{
		Lang: lang, Title: w.of(m.Title), Link: m.Link, Open: w.say("Mở bàn trực", "Open the desk"),
		Foot: w.say("Tin tự động của trung tâm điều hành, số ", "Sent by the operations center, message ") + m.ID,
	}
	for _, n := range m.Counts {
		label := w.of(notify.TypeNames(n.Type)) + ", " + w.severity(n.Severity) + ", " + string(n.Reason)
		if n.Area != "" {
			label += ", " + n.Area
		}
		p.Counts = append(p.Counts, row{label, fmt.Sprint(n.Alarms)})
	}
	for i := range m.Alarms {
		p.Alarms = append(p.Alarms, c.alarm(&m.Alarms[i], w))
	}
	if rest := m.Total - len(m.Alarms); rest > 0 {
		p.More = fmt.Sprintf(w.say("và %d cảnh báo khác", "and %d more"), rest)
	}
	return p
}

func (w words) severity(s city.Severity) string {
	if s == city.SeverityCritical {
		return w.say("nghiêm trọng", "critical")
	}
	return w.say("cảnh báo", "warning")
}

func (c *channel) alarm(i *notify.Item, w words) alarm {
	a := alarm{
		Severity: w.severity(i.Severity), Critical: i.Severity == city.SeverityCritical && i.State != city.AlarmCleared,
		Title: w.of(i.Title), Link: i.Link,
	}
	add := func(vi, en, value string) {
		if value != "" {
			a.Rows = append(a.Rows, row{w.say(vi, en), value})
		}
	}
	add("Từ lúc", "Since", c.clock(i.Since))
	if i.State == city.AlarmCleared {
		add("Hết lúc", "Over at", c.clock(i.ClearedAt))
	}
	if i.Count > 1 {
		add("Số thiết bị", "Devices", fmt.Sprint(i.Count))
	}
	add("Địa điểm", "Location", i.Location)
	add("Nguyên nhân", "Reason", string(i.Reason))
	if i.Acknowledged {
		add("Đã xác nhận", "Acknowledged", i.AcknowledgedBy)
	}
	add("Người xử lý", "Assigned to", i.Assignee)
	if i.State != city.AlarmCleared {
		add("Việc cần làm trước", "Do first", w.of(i.Advice))
	}
	return a
}

// clock writes a time as people of the city read it.
func (c *channel) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.zone).Format("15:04:05 02/01/2006")
}
