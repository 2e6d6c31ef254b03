package store_test

import (
	"os"
	"strings"
	"testing"

	"opscenter/internal/store"
)

// Whoever has hours and quarantine in whole tables keeps every row when they are split, with its id.
func TestWhatWasStoredBeforeTablesWereSplitIsKept(t *testing.T) {
	t.Parallel()
	d := setup(t)
	text, err := os.ReadFile("migrations/00010_retention.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, down, _ := strings.Cut(string(text), "-- +goose Down")
	d.exec(down)
	d.exec(`DELETE FROM goose_db_version WHERE version_id = 10;
		INSERT INTO series (device, kind, channel, metrics) VALUES ('cam-1', 'flow', '', '{a}');
		INSERT INTO reading_hour SELECT t, 1, 1, '{1}', '{1}', '{1}'
			FROM generate_series(now() - interval '100 days', now(), '1 hour') t;
		INSERT INTO reading_hour VALUES ('1970-01-01', 1, 1, '{1}', '{1}', '{1}');
		INSERT INTO quarantine (at, partition, seq, ordinal, topic, sealed, shown, code, reason, subsystem, retained)
			SELECT now() - i * interval '1 hour', 0, i, 0, '', '', '', '', '', '', false FROM generate_series(1, 100) i`)
	hours, last := d.number("SELECT count(*) FROM reading_hour"), d.number("SELECT max(id) FROM quarantine")
	open(t, d.url)
	d.wantNumber(hours, "SELECT count(*) FROM reading_hour")
	d.wantNumber(1, "SELECT count(*) FROM reading_hour_default")
	d.wantNumber(100, "SELECT count(*) FROM quarantine")
	d.wantNumber(0, "SELECT count(*) FROM quarantine_default")
	d.wantNumber(1, "SELECT count(*) FROM quarantine WHERE seq = 1 AND id = 1")
	d.commit(&store.Write{Rejections: []store.Rejection{{At: noon()}}})
	d.wantNumber(last+1, "SELECT max(id) FROM quarantine")
}
