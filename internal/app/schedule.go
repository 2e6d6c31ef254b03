package app

import (
	"context"
	"time"

	"opscenter/internal/config"
	"opscenter/internal/report"
	"opscenter/internal/reporting"
	"opscenter/internal/subsystem"
)

// specs are those of the subsystems as they are now.
func (a *App) specs() []subsystem.Spec { return a.ingest.Subsystems().Specs() }

// startReports begins to make reports that were asked for or that schedules want.
func (a *App) startReports(context.Context) (err error) {
	a.jobs, err = reporting.NewJobs(reporting.JobsConfig{
		Memory: a.store, Write: reports{a.maker()}.write, Mailer: a.config.Mailer, Schedules: schedulesOf(a.config.File.Reports),
		Now: time.Now, Zone: a.zone, Log: a.log.With("part", "reports"),
	})
	if err != nil {
		return err
	}
	a.lifecycle.task("reports", 10*time.Second, a.failed, a.jobs.Run)
	return nil
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
