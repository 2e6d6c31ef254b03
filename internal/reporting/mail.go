package reporting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"opscenter/internal/report"
	"opscenter/internal/store"
)

// Mailer sends mail.
type Mailer interface {
	// Send returns nil once the mail is accepted by a server that answers for it. A mail with an ID
	// that was sent before may be sent again: who can tell should drop it.
	Send(ctx context.Context, m Mail) error
}

// Mail is one message to people. It is plain text in UTF-8.
type Mail struct {
	ID            string // the same for every attempt to send the same
	To            []string
	Subject, Text string
	Attachments   []Attachment
}

// Attachment is a file that goes with a mail.
type Attachment struct {
	Name, ContentType string
	Body              []byte
}

const (
	// maxDeliveries is how often sending a result is tried: with the times between, for about a day.
	maxDeliveries = 12
	// sending is how long one attempt may take.
	sending = 2 * time.Minute
)

// deliveries sends results as they become due.
func (j *Jobs) deliveries(ctx context.Context) {
	for {
		d, err := j.Memory.DueDelivery(ctx, j.Now())
		if err == nil {
			err = j.send(ctx, &d)
			if err == nil {
				continue
			}
		}
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		if !j.pause(ctx, err, j.idle(ctx, err), j.deliver) {
			return
		}
	}
}

// send tries once to send a result, and stores what came of it; the error is that of storing.
func (j *Jobs) send(ctx context.Context, d *store.ReportDelivery) error {
	limited, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	failed := errors.New("no mail server is configured")
	if j.Mailer != nil {
		failed = j.Mailer.Send(limited, j.mail(d))
	}
	if failed != nil && ctx.Err() != nil {
		return ctx.Err() // it is tried again at the next start
	}
	attempts, now := d.Attempts+1, j.Now()
	outcome, at, reason := store.MailSent, now, ""
	switch {
	case failed == nil:
		j.Log.Info("a report is sent", "job", d.Job, "report", d.Report, "recipients", len(d.Recipients))
	case attempts >= maxDeliveries:
		outcome, reason = store.MailFailed, failed.Error()
		j.Log.Error("a report was not sent, and will not be", "job", d.Job, "report", d.Report, "attempts", attempts, "error", failed)
	default:
		outcome, reason, at = store.MailWaiting, failed.Error(), now.Add(backoff(attempts, time.Minute, 4*time.Hour))
		j.Log.Warn("a report was not sent", "job", d.Job, "report", d.Report, "next", at, "error", failed)
	}
	stored, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer done()
	return j.Memory.MarkDelivery(stored, d.Job, outcome, attempts, reason, at)
}

// mail writes the message that a result goes with.
func (j *Jobs) mail(d *store.ReportDelivery) Mail {
	lang := report.Lang(d.Lang)
	definition, _ := report.Find(d.Report)
	title, from, to := definition.Names.VI, d.From.In(j.Zone), d.To.In(j.Zone)
	layout, text := "15:04 ngày 02/01/2006", "%s\nTừ %s đến trước %s (%s).\n\nBáo cáo ở tệp đính kèm %s; cách tính được ghi trong báo cáo.\n"
	if lang == report.English {
		title = definition.Names.EN
		layout, text = "2006-01-02 15:04", "%s\nFrom %s to before %s (%s).\n\nThe report is attached as %s; it says how everything is counted.\n"
	}
	body := d.Body
	if strings.HasPrefix(d.ContentType, "text/html") {
		body = report.Standalone(body)
	}
	return Mail{
		ID: "report-" + d.Job, To: d.Recipients,
		Subject:     fmt.Sprintf("%s, %s – %s", title, from.Format("2006-01-02"), lastDay(from, to).Format("2006-01-02")),
		Text:        fmt.Sprintf(text, title, from.Format(layout), to.Format(layout), j.Zone, d.FileName),
		Attachments: []Attachment{{Name: d.FileName, ContentType: d.ContentType, Body: body}},
	}
}

// lastDay is the last day that a period touches.
func lastDay(from, to time.Time) time.Time {
	if last := to.Add(-time.Second); last.After(from) {
		return last
	}
	return from
}
