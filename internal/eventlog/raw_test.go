package eventlog_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/broker"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
)

func export(t *testing.T, l *eventlog.Log, after, through uint64) []eventlog.Raw {
	t.Helper()
	var all []eventlog.Raw
	if err := l.Export(t.Context(), after, through, func(r eventlog.Raw) error {
		r.Data = bytes.Clone(r.Data)
		all = append(all, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func refill(t *testing.T, c eventlog.Config, all []eventlog.Raw) error {
	t.Helper()
	return eventlog.Refill(t.Context(), c, func() (eventlog.Raw, bool, error) {
		if len(all) == 0 {
			return eventlog.Raw{}, false, nil
		}
		first := all[0]
		all = all[1:]
		return first, true, nil
	})
}

func heads(t *testing.T, l *eventlog.Log) []uint64 {
	t.Helper()
	var all []uint64
	for p := range l.Partitions() {
		head, err := l.Head(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, head)
	}
	return all
}

// What was exported has its sequences again, gaps too, and the log goes on after them.
func TestARefilledLogGoesOnWhereItsModelEnded(t *testing.T) {
	t.Parallel()
	model := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{}), Partitions: 3})
	for i := range 200 {
		appendAll(t, model, observations(20+i)...)
	}
	last := heads(t, model)
	if err := model.Trim(t.Context(), 1, last[1]-30); err != nil { // others stay: the sequences get gaps
		t.Fatal(err)
	}
	through := max(last[0], last[1], last[2])
	exported := export(t, model, 99, through)
	if exported[0].Seq != 100 || exported[len(exported)-1].Seq != through || uint64(len(exported)) >= through-99 {
		t.Fatalf("exported %d messages from %d to %d, wanted with gaps from 100 to %d", len(exported), exported[0].Seq, exported[len(exported)-1].Seq, through)
	}

	server := startBroker(t, broker.Config{})
	c := eventlog.Config{Conn: server, Partitions: 3}
	if err := refill(t, c, exported); err != nil {
		t.Fatal(err)
	}
	c.Partitions = 0
	again := openLog(t, c)
	if diff := cmp.Diff(last, heads(t, again)); diff != "" {
		t.Errorf("heads (-model +refilled):\n%s", diff)
	}
	appended := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Appended" }, cmp.Ignore())
	if diff := cmp.Diff(exported, export(t, again, 0, through), appended); diff != "" {
		t.Errorf("messages (-exported +refilled):\n%s", diff)
	}
	if diff := cmp.Diff(read(t, model, 2, last[2]-30, 5), read(t, again, 2, last[2]-30, 5), appended); diff != "" {
		t.Errorf("entries (-model +refilled):\n%s", diff)
	}
	if err := again.Mark(t.Context(), time.Unix(1, 0), false); err != nil {
		t.Fatal(err)
	}
	if got := heads(t, again); min(got[0], got[1], got[2]) != through+1 {
		t.Errorf("it goes on at %v, not after %d", got, through)
	}
	if err := refill(t, c, exported); !errors.Is(err, eventlog.ErrNotEmpty) {
		t.Errorf("refilled a log that there was: %v", err)
	}
}

func TestAnEmptyLogIsRefilledEmpty(t *testing.T) {
	t.Parallel()
	model := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{})})
	exported := export(t, model, 0, 0)
	c := eventlog.Config{Conn: startBroker(t, broker.Config{}), Partitions: 1}
	if err := refill(t, c, exported); err != nil {
		t.Fatal(err)
	}
	again := openLog(t, c)
	appendAll(t, again, city.Entry{At: time.Unix(1, 0)})
	if got := heads(t, again); got[0] != 1 {
		t.Errorf("the first sequence is %d", got[0])
	}
}
