package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"opscenter/internal/config"
	"opscenter/internal/inventory"
)

func discardLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// ImportInventory imports a CSV file into the center that runs in the data directory, or, if none
// does, into its database. It returns the difference in words.
func ImportInventory(ctx context.Context, c config.Serve, file io.Reader, dryRun bool) (report string, err error) {
	if url := runningCenter(ctx, c.Data); url != "" {
		answer, err := overHTTP(ctx, http.MethodPost, fmt.Sprintf("%s/api/v1/inventory?dry_run=%t", url, dryRun), file)
		if err != nil {
			return "", err
		}
		var difference inventory.Difference
		if err := json.Unmarshal([]byte(answer), &difference); err != nil {
			return "", fmt.Errorf("answer of %s: %w", url, err)
		}
		return difference.String(), nil
	}
	err = withInventory(ctx, c, func(s *inventoryService) error {
		difference, err := s.Import(ctx, file, dryRun)
		report = difference.String()
		return err
	})
	return report, err
}

// ExportInventory writes everything that is registered as CSV, from the center that runs in the data
// directory, or, if none does, from its database.
func ExportInventory(ctx context.Context, c config.Serve, w io.Writer) error {
	if url := runningCenter(ctx, c.Data); url != "" {
		text, err := overHTTP(ctx, http.MethodGet, url+"/api/v1/inventory", nil)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		return err
	}
	return withInventory(ctx, c, func(s *inventoryService) error { return s.Export(ctx, w) })
}

// runningCenter returns the address of the center that runs in a data directory, or "".
func runningCenter(ctx context.Context, data string) string {
	text, err := os.ReadFile(filepath.Join(data, "endpoints.json"))
	var e Endpoints
	if err != nil || json.Unmarshal(text, &e) != nil {
		return ""
	}
	if _, err := overHTTP(ctx, http.MethodGet, e.HTTP+"/healthz", nil); err != nil {
		return ""
	}
	return e.HTTP
}

// overHTTP returns the body of a successful answer, in words for people where there are any.
func overHTTP(ctx context.Context, method, url string, body io.Reader) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return "", err
	}
	if body != nil {
		request.Header.Set("Content-Type", "text/csv")
	}
	response, err := new(http.Client).Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = problem(response.Status, text)
	}
	return string(text), err
}

// problem returns a problem document as an error in words, one line per fault.
func problem(status string, text []byte) error {
	var p struct {
		Detail string
		Errors []struct{ Message, Location string }
	}
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return fmt.Errorf("%s: %s", status, text)
	}
	faults := []error{errors.New(p.Detail)}
	for _, e := range p.Errors {
		faults = append(faults, errors.New(strings.TrimPrefix(e.Location+": "+e.Message, ": ")))
	}
	return errors.Join(faults...)
}
