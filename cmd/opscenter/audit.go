package main

import (
	"context"

	"opscenter/internal/app"
	"opscenter/internal/config"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check that every row of the audit is as it was written; exit status 1 names the first that is not."`
}

type auditVerifyCmd struct {
	config.Serve

	ExpectHead string `help:"Head of a chain that was noted earlier, and must still be there: what was cut off an end is not found without." placeholder:"HASH"`
}

// Run checks the audit of the running center of the data directory, or, if none runs, of its database.
func (c *auditVerifyCmd) Run(ctx context.Context, t *terminal) error {
	return app.VerifyAudit(ctx, c.Serve, c.ExpectHead, t.out)
}
