package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"opscenter/internal/httpapi"
)

// fakeBackups writes a little, or fails before or after that.
type fakeBackups struct{ before, after error }

func (f *fakeBackups) Backup(_ context.Context, start func() io.Writer) error {
	if f.before != nil {
		return f.before
	}
	_, err := io.WriteString(start(), "tar")
	return errors.Join(err, f.after)
}

func TestABackupIsOnlyForWhoeverCanReadTheDataDirectory(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, header := range [][]string{nil, {"Authorization", "Bearer x"}, {"Authorization", "Bearer "}, {"Authorization", "the token"}} {
		r.problem(r.do(http.MethodPost, "/api/v1/backup", "", header...), http.StatusUnauthorized)
	}
	response := r.do(http.MethodPost, "/api/v1/backup", "", "Authorization", "Bearer the token")
	diff(t, http.StatusOK, response.StatusCode)
	diff(t, "application/x-tar", response.Header.Get("Content-Type"))
	diff(t, "no-store", response.Header.Get("Cache-Control"))
	diff(t, "tar", bodyOf(t, response))
	r.problem(r.do(http.MethodGet, "/api/v1/backup", ""), http.StatusMethodNotAllowed)
}

func TestABackupThatCannotBeginIsAProblem(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.backups.before = fmt.Errorf("%w: one is under way", httpapi.ErrConflict)
	r.problem(r.do(http.MethodPost, "/api/v1/backup", "", "Authorization", "Bearer the token"), http.StatusConflict)
	r.backups.before = errors.New("no pg_dump")
	r.problem(r.do(http.MethodPost, "/api/v1/backup", "", "Authorization", "Bearer the token"), http.StatusInternalServerError)
	r.backups.before, r.backups.after = nil, errors.New("the disk is gone")
	diff(t, "tar", bodyOf(t, r.do(http.MethodPost, "/api/v1/backup", "", "Authorization", "Bearer the token"))) // the backup says so itself
}
