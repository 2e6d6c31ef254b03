package store_test

import (
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
	"opscenter/internal/store/storetest"
)

// The outbox has what people may have to be told of, once, and nothing without the rest of its write.
func TestTheOutboxIsWrittenWithTheTransition(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	epoch, _, err := s.Claim(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	a := city.Alarm{ID: "a1", Title: city.Names{VI: "Camera\x00", EN: "Camera \xff"}, RaisedAt: at, Comment: "bad \x00 text"}
	w := store.Write{Seq: 1, Alarms: []city.AlarmChange{
		{Alarm: a, N: 1, At: at, What: city.AlarmRaised},
		{Alarm: a, N: 2, At: at, What: city.AlarmCommented},
		{Alarm: a, N: 3, At: at, What: city.AlarmAcknowledged},
		{Alarm: a, N: 4, At: at, What: city.AlarmOver},
	}}
	for range 2 {
		if err := s.Commit(t.Context(), 0, epoch, &w); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Commit(t.Context(), 0, epoch-1, &store.Write{Seq: 2, Alarms: w.Alarms[:1]}); err == nil {
		t.Error("a stale owner writes")
	}
	var got []any
	for _, row := range storetest.Rows(t, url, "SELECT what FROM outbox ORDER BY id") {
		got = append(got, row[0])
	}
	if len(got) != 3 || got[0] != "raised" || got[1] != "acknowledged" || got[2] != "cleared" {
		t.Errorf("the outbox has %v", got)
	}
}
