package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Errors that the interfaces of this package wrap, so that they become the right status. Any other
// error is a 500 without details, and logged.
var (
	ErrNotFound    = errors.New("not found")
	ErrInvalid     = errors.New("invalid")
	ErrConflict    = errors.New("conflict")    // with what is there already
	ErrUnavailable = errors.New("unavailable") // the database or the log is down; to be tried again
)

// RowError says what is wrong in one row of a file. Line counts from 1, the header; Column is empty
// when the whole row is meant.
type RowError struct {
	Line   int
	Column string
	Reason string
}

// RowErrors is everything that is wrong in a file.
type RowErrors []RowError

// Error says how much is wrong, and what first.
func (e RowErrors) Error() string {
	if len(e) == 0 {
		return "no fault"
	}
	return fmt.Sprintf("%d faults, the first at %s: %s", len(e), e[0].place(), e[0].Reason)
}

func (e *RowError) place() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d", e.Line)
	}
	return fmt.Sprintf("line %d, column %s", e.Line, e.Column)
}

// fail turns an error into a problem document, here and nowhere else.
func (a *api) fail(ctx context.Context, doing string, err error) error {
	var rows RowErrors
	switch {
	case errors.As(err, &rows):
		details := make([]error, len(rows))
		for i := range rows {
			details[i] = &huma.ErrorDetail{Message: rows[i].Reason, Location: rows[i].place()}
		}
		return huma.Error422UnprocessableEntity("the file has faults; nothing was changed", details...)
	case errors.Is(err, ErrNotFound):
		return huma.Error404NotFound(err.Error())
	case errors.Is(err, ErrInvalid):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.Is(err, ErrConflict):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, ErrUnavailable):
		a.Log.WarnContext(ctx, "a request found something down", "doing", doing, "error", err)
		return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable(doing+" is not possible at the moment"),
			http.Header{"Retry-After": {"5"}})
	case errors.Is(err, context.DeadlineExceeded):
		return huma.Error504GatewayTimeout(doing + " took too long")
	case errors.Is(err, context.Canceled):
		return huma.Error503ServiceUnavailable("the request was given up")
	}
	a.Log.ErrorContext(ctx, "a request failed", "doing", doing, "error", err)
	return huma.Error500InternalServerError(doing + " failed; the server's log says why")
}

// problem writes a problem document where huma does not.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	body, err := json.Marshal(&huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail})
	if err != nil {
		return // unreachable: plain strings and a number
	}
	_, _ = w.Write(append(body, '\n'))
}

// unknown answers what no route matches: 405 if another method would have, otherwise 404.
func (a *api) unknown(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); strings.HasPrefix(pattern, method+" ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		problem(w, http.StatusMethodNotAllowed, fmt.Sprintf("%s takes %s", r.URL.Path, strings.Join(allowed, ", ")))
		return
	}
	problem(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %s", r.URL.Path))
}
