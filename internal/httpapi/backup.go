package httpapi

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const backupPath = "/api/v1/backup"

// backupStall is how long a client may take for one piece of a backup.
const backupStall = time.Minute

// Backups makes backups.
type Backups interface {
	// Backup writes a backup to what start returns, which it calls once and only when it has begun;
	// ErrConflict if one is under way. A failure after that is told in the backup too.
	Backup(ctx context.Context, start func() io.Writer) error
}

// backups declares the route of backups. A backup holds every secret of the center, so it is given only to
// whoever can read the center's data directory, and not to whatever a proxy lets through.
func (a *api) backups() {
	if a.Backups == nil || a.Token == "" {
		return
	}
	a.mux.HandleFunc("POST "+backupPath, a.backup)
	a.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "backup", Method: http.MethodPost, Path: backupPath,
		Summary:     "A backup of everything, made while the center runs",
		Description: "Needs the token in the file operator.token of the data directory as Authorization: Bearer. `opscenter backup` uses this.",
		Responses: map[string]*huma.Response{
			"200": {Description: "The backup; it is whole if its manifest is.", Content: map[string]*huma.MediaType{"application/x-tar": {}}},
			"401": {Description: "The token is missing or another."},
			"409": {Description: "A backup is under way."},
		},
	})
}

func (a *api) backup(w http.ResponseWriter, r *http.Request) {
	token, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !is || subtle.ConstantTimeCompare([]byte(token), []byte(a.Token)) != 1 {
		w.Header().Set("WWW-Authenticate", "Bearer")
		problem(w, http.StatusUnauthorized, "a backup is only for whoever can read operator.token in the center's data directory")
		return
	}
	begun := false
	err := a.Backups.Backup(r.Context(), func() io.Writer {
		begun = true
		w.Header().Set("Content-Type", "application/x-tar")
		w.Header().Set("Cache-Control", noStore)
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Time{}) // or the server would end the request by its own
		return &patientWriter{to: w, control: control}
	})
	switch {
	case err == nil:
	case errors.Is(err, ErrConflict):
		problem(w, http.StatusConflict, "a backup is under way")
	case begun:
		a.Log.ErrorContext(r.Context(), "a backup failed", "error", err)
	default:
		a.Log.ErrorContext(r.Context(), "a backup failed", "error", err)
		problem(w, http.StatusInternalServerError, "the server's log says why")
	}
}

// patientWriter gives the client time anew for each piece.
type patientWriter struct {
	to      io.Writer
	control *http.ResponseController
}

// Write implements io.Writer.
func (w *patientWriter) Write(data []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(backupStall)) // a test's recorder has none
	return w.to.Write(data)
}
