package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"opscenter/internal/app"
	"opscenter/internal/store"
)

func TestACenterForgetsByItsConfigurationAndNotWhatIsHeld(t *testing.T) {
	t.Parallel()
	c := settings(t)
	c.File.Retention = map[string]time.Duration{store.ClassStatuses: 24 * time.Hour, store.ClassEvents: 0}
	hour := remembered(t, c.DatabaseURL) // three days ago: forgotten at the start
	b := &bank{t: t, endpoints: start(t, c)}
	await(t, b.endpoints.HTTP+"/metrics", `opscenter_stored_bytes{class="statuses"}`)
	await(t, b.endpoints.HTTP+"/api/v1/retention", `"class":"statuses","names":{"vi":"Lịch sử trạng thái","en":"Status history"},"keep_s":86400,`)

	b.request(http.MethodPost, "/api/v1/retention/holds", `{"classes":["hours"],"from":"`+hour.Format(time.RFC3339)+`","reason":"thanh tra","actor":"Lan"}`, http.StatusUnprocessableEntity)
	b.hold(hour)
	await(t, b.endpoints.HTTP+"/api/v1/retention/holds", `"placed_by":"Lan"`)
	var table strings.Builder
	if err := app.PrintRetention(t.Context(), c.Serve, &table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"statuses", "1 d", "for ever", "by 1: ", "Số đo gộp theo giờ"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table does not say %q:\n%s", want, table.String())
		}
	}
}

// hold places a hold on the roll-ups per hour.
func (b *bank) hold(from time.Time) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.endpoints.HTTP+"/api/v1/retention/holds",
		strings.NewReader(`{"classes":["hours"],"from":"`+from.Format(time.RFC3339)+`","reason":"thanh tra","actor":"Lan"}`))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", "k")
	response, err := new(http.Client).Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusCreated {
		b.t.Fatalf("status %d", response.StatusCode)
	}
}

func TestAClassThatDoesNotExistIsRefusedByName(t *testing.T) {
	t.Parallel()
	c := settings(t)
	c.File.Retention = map[string]time.Duration{"raedings": time.Hour}
	if _, err := app.New(t.Context(), c); err == nil || !strings.Contains(err.Error(), `unknown class "raedings"`) {
		t.Errorf("got %v", err)
	}
	if err := app.Check(c, "", &strings.Builder{}); err == nil || !strings.Contains(err.Error(), `unknown class "raedings"`) {
		t.Errorf("check: got %v", err)
	}
}
