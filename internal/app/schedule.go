package app

import (
	"context"
	"time"

	"opscenter/internal/config"
	"opscenter/internal/notify"
	"opscenter/internal/report"
	"opscenter/internal/reporting"
	"opscenter/internal/subsystem"
)

// specs are those of the subsystems as they are now.
func (a *App) specs() []subsystem.Spec { return a.ingest.Subsystems().Specs() }

// startReports begins to make reports that were asked for or that schedules want.
func (a *App) startReports(context.Context) (err error) {
	a.jobs, err = reporting.NewJobs(reporting.JobsConfig{
		Memory: a.store, Write: reports{a.maker()}.write, Mailer: reportMailer(a.mailer), Schedules: schedulesOf(a.config.File.Reports),
		Now: time.Now, Zone: a.zone, Log: a.log.With("part", "reports"),
	})
	if err != nil {
		return err
	}
	a.lifecycle.task("reports", 10*time.Second, a.failed, a.jobs.Run)
	return nil
}

// post sends reports by the channel of alarms that can send mail.
type post struct{ notify.Mailer }

// reportMailer returns who sends reports; nil if no channel can.
func reportMailer(m notify.Mailer) reporting.Mailer {
	if m == nil {
		return nil
	}
	return post{m}
}

// Send implements reporting.Mailer.
func (p post) Send(ctx context.Context, m reporting.Mail) error {
	mail := notify.Mail{ID: m.ID, To: m.To, Subject: m.Subject, Text: m.Text}
	for _, a := range m.Attachments {
		mail.Attachments = append(mail.Attachments, notify.Attachment{Name: a.Name, ContentType: a.ContentType, Data: a.Body})
	}
	return p.Mail(ctx, mail)
}

func schedulesOf(configured []config.Report) []reporting.Schedule {
	schedules := make([]reporting.Schedule, len(configured))
	for i := range configured {
		c := &configured[i]
		schedules[i] = reporting.Schedule{
			Name: c.Name, Report: c.Report, Parameters: c.Parameters, Every: reporting.Every(c.Every), At: c.At, Shifts: c.Shifts,
			Format: report.Format(c.Format), Lang: report.Lang(c.Lang), To: c.To,
		}
	}
	return schedules
}
