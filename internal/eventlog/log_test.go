package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"opscenter/internal/broker"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func startBroker(t testing.TB, c broker.Config) *broker.Server {
	t.Helper()
	if c.StoreDir == "" {
		c.StoreDir = t.TempDir()
	}
	b, err := broker.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func openLog(t testing.TB, c eventlog.Config) *eventlog.Log {
	t.Helper()
	l, err := eventlog.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func observations(n int) []city.Entry {
	at := time.Date(2026, 11, 23, 7, 30, 0, 123_456_789, time.UTC)
	entries := make([]city.Entry, n)
	for i := range entries {
		entries[i] = city.Entry{At: at, Observation: &city.Observation{
			Subsystem: "traffic", Location: fmt.Sprintf("loc-%03d", i%91), Device: fmt.Sprintf("det-%05d", i),
			Kind: "flow", ObservedAt: at.Add(-time.Second), ReceivedAt: at, Seq: uint64(i) + 1,
			Readings: []city.Reading{{Metric: "vehicles", Value: 17}, {Metric: "speed_kmh", Value: 38.25}},
		}}
	}
	return entries
}

// read returns the first n batches of a partition after a sequence.
func read(t *testing.T, l *eventlog.Log, partition int, after uint64, n int) []eventlog.Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var batches []eventlog.Batch
	enough := errors.New("enough")
	err := l.Read(ctx, partition, after, func(b eventlog.Batch) error {
		if batches = append(batches, b); len(batches) == n {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatalf("read %d of %d batches: %v", len(batches), n, err)
	}
	return batches
}

func appendAll(t *testing.T, l *eventlog.Log, entries ...city.Entry) {
	t.Helper()
	if err := l.Append(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
}

func TestEntriesAreReadAsTheyWereAppended(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{})})
	want := observations(300)
	want = append(want, city.Entry{At: want[0].At, Rejection: &city.Rejection{Topic: "x", Code: "malformed", Sealed: []byte{1}}})
	before := time.Now()
	appendAll(t, log, want[:200]...)
	appendAll(t, log, want[200:]...)
	var got []city.Entry
	for i, b := range read(t, log, 0, 0, 2) {
		if b.Seq != uint64(i)+1 || b.Partition != 0 || b.Appended.Before(before.Add(-time.Second)) {
			t.Errorf("batch %d: sequence %d of partition %d at %s", i, b.Seq, b.Partition, b.Appended)
		}
		got = append(got, b.Entries...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-appended +read):\n%s", diff)
	}
}

func TestEveryPartitionKeepsTheOrderOfItsLocations(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{}), Partitions: 3})
	all := observations(900)
	all = append(all, city.Entry{At: all[0].At, Rejection: &city.Rejection{Topic: "x"}})
	for part := range 10 {
		appendAll(t, log, all[part*len(all)/10:(part+1)*len(all)/10]...)
	}
	if err := log.Mark(t.Context(), time.Unix(77, 0).UTC(), false); err != nil {
		t.Fatal(err)
	}
	for p := range 3 {
		var want []city.Entry
		for _, e := range all {
			if e.Rejection != nil && p == 0 || e.Observation != nil && log.Partition(e.Observation.Location) == p {
				want = append(want, e)
			}
		}
		want = append(want, city.Entry{At: time.Unix(77, 0).UTC()})
		var got []city.Entry
		enough := errors.New("enough")
		if err := log.Read(t.Context(), p, 0, func(b eventlog.Batch) error {
			if got = append(got, b.Entries...); len(got) >= len(want) {
				return enough
			}
			return nil
		}); !errors.Is(err, enough) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("partition %d (-appended +read):\n%s", p, diff)
		}
		if len(want) < 2 {
			t.Errorf("partition %d has only %d entries", p, len(want))
		}
	}
}

func TestReadingGoesOnAfterASequenceAndFollows(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{})})
	for i := range 5 {
		appendAll(t, log, city.Entry{At: time.Unix(int64(i)+1, 0).UTC()})
	}
	var late sync.WaitGroup
	late.Go(func() {
		if err := log.Mark(t.Context(), time.Unix(6, 0), false); err != nil {
			t.Error(err)
		}
	})
	defer late.Wait()
	var seqs []uint64
	for _, b := range read(t, log, 0, 3, 3) {
		seqs = append(seqs, b.Seq)
		if at := b.Entries[0].At; at.Unix() != int64(b.Seq) {
			t.Errorf("sequence %d has the entry of %s", b.Seq, at)
		}
	}
	if diff := cmp.Diff([]uint64{4, 5, 6}, seqs); diff != "" {
		t.Error(diff)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{})})
	appendAll(t, log, city.Entry{At: time.Unix(1, 0)})
	ctx, cancel := context.WithCancel(t.Context())
	err := log.Read(ctx, 0, 0, func(eventlog.Batch) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// A server keeps a reader that it is not told to forget, and takes no more than it has room for: then nobody
// could read.
func TestReadersAreForgotten(t *testing.T) {
	t.Parallel()
	b := startBroker(t, broker.Config{})
	log := openLog(t, eventlog.Config{Conn: b})
	appendAll(t, log, city.Entry{At: time.Unix(1, 0)})
	for range 3 {
		read(t, log, 0, 0, 1)
		ctx, cancel := context.WithCancel(t.Context())
		if err := log.Read(ctx, 0, 0, func(eventlog.Batch) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := log.Export(t.Context(), 0, 1, func(eventlog.Raw) error { return nil }); err != nil {
			t.Error(err)
		}
	}
	for reader := range readers(t, b) {
		t.Errorf("the server keeps %s", reader)
	}
}

// readers returns the names of those that the server knows.
func readers(t *testing.T, b *broker.Server) map[string]bool {
	t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(b))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	streams := js.StreamNames(t.Context())
	for name := range streams.Name() {
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		consumers := stream.ConsumerNames(t.Context())
		for consumer := range consumers.Name() {
			known[consumer] = true
		}
		if err := consumers.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := streams.Err(); err != nil {
		t.Fatal(err)
	}
	return known
}

// restartable is a broker that can be replaced by another on the same store.
type restartable struct {
	mu      sync.Mutex
	current *broker.Server
}

func (r *restartable) InProcessConn() (net.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.current.InProcessConn()
}

func TestLogSurvivesARestartOfTheBroker(t *testing.T) {
	t.Parallel()
	config := broker.Config{StoreDir: t.TempDir()}
	server := &restartable{current: startBroker(t, config)}
	log := openLog(t, eventlog.Config{Conn: server, AppendTimeout: time.Second})
	seen := make(chan uint64, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	reading.Go(func() {
		_ = log.Read(ctx, 0, 0, func(b eventlog.Batch) error { seen <- b.Seq; return nil })
	})
	defer reading.Wait()
	defer cancel()
	appendAll(t, log, city.Entry{At: time.Unix(1, 0)}, city.Entry{At: time.Unix(2, 0)})
	if seq := <-seen; seq != 1 {
		t.Fatalf("first sequence %d", seq)
	}

	server.mu.Lock()
	if err := server.current.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := log.Mark(t.Context(), time.Unix(3, 0), false); err == nil {
		t.Error("appended without a broker")
	}
	server.current = startBroker(t, config)
	server.mu.Unlock()

	for deadline := time.Now().Add(20 * time.Second); ; {
		err := log.Mark(t.Context(), time.Unix(4, 0), false)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("never appended again: %v", err)
		}
	}
	restarted := time.Now()
	select {
	case seq := <-seen:
		if seq != 2 {
			t.Errorf("sequence %d after the restart, want 2", seq)
		}
		t.Logf("read again after %s", time.Since(restarted))
	case <-time.After(20 * time.Second):
		t.Error("never read again")
	}
}

func TestFullLogRefusesForgetsNothingAndGoesOnWhenTrimmed(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{}), MaxBytes: 1 << 20})
	appended := uint64(0)
	for {
		err := log.Append(t.Context(), observations(256))
		if errors.Is(err, eventlog.ErrFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if appended++; appended > 1000 {
			t.Fatal("a megabyte never filled up")
		}
	}
	usage, err := log.Usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if usage.FirstSeq != 1 || usage.LastSeq != appended || usage.Batches != appended || usage.MaxBytes != 1<<20 || usage.Bytes > 1<<20 {
		t.Errorf("%d appended, usage %+v", appended, usage)
	}
	if err := log.Trim(t.Context(), 0, appended/2); err != nil {
		t.Fatal(err)
	}
	appendAll(t, log, observations(256)...)
	if got := read(t, log, 0, 0, 1)[0].Seq; got != appended/2+1 {
		t.Errorf("the oldest batch is %d after trimming through %d", got, appended/2)
	}
}

func TestTrimKeepsWhatIsYoungerThanMaxAge(t *testing.T) {
	t.Parallel()
	for _, partitions := range []int{1, 2} {
		server := startBroker(t, broker.Config{})
		log := openLog(t, eventlog.Config{Conn: server, Partitions: partitions, MaxAge: time.Hour})
		for i := range 10 {
			if err := log.Mark(t.Context(), time.Unix(int64(i), 0), false); err != nil {
				t.Fatal(err)
			}
		}
		boundary := read(t, log, 0, 0, 6)[5]
		if err := log.Trim(t.Context(), 0, math.MaxUint64); err != nil {
			t.Fatal(err)
		}
		if got := read(t, log, 0, 0, 1)[0].Seq; got > 2 {
			t.Errorf("%d partitions: young batches are gone, the first is %d", partitions, got)
		}
		log.Close()

		later := func() time.Time { return boundary.Appended.Add(time.Hour) }
		log = openLog(t, eventlog.Config{Conn: server, MaxAge: time.Hour, Now: later})
		if err := log.Trim(t.Context(), 0, boundary.Seq-1); err != nil {
			t.Fatal(err)
		}
		if got := read(t, log, 0, 0, 1)[0].Seq; got != boundary.Seq {
			t.Errorf("%d partitions: the first batch is %d, want %d", partitions, got, boundary.Seq)
		}
		if partitions == 2 {
			read(t, log, 1, 0, 10) // another partition loses nothing
		}
	}
}

func TestHeadIsTheLastSequenceEvenWhenAllIsTrimmed(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{}), Partitions: 2})
	head := func(partition int) uint64 {
		seq, err := log.Head(t.Context(), partition)
		if err != nil {
			t.Fatal(err)
		}
		return seq
	}
	if head(0) != 0 {
		t.Errorf("head of an empty partition is %d", head(0))
	}
	for range 5 {
		if err := log.Mark(t.Context(), time.Unix(1, 0), false); err != nil {
			t.Fatal(err)
		}
	}
	before := []uint64{head(0), head(1)}
	for p := range 2 {
		if err := log.Trim(t.Context(), p, math.MaxUint64); err != nil {
			t.Fatal(err)
		}
	}
	if after := []uint64{head(0), head(1)}; !cmp.Equal(before, after) || max(before[0], before[1]) != 10 {
		t.Errorf("heads went from %d to %d", before, after)
	}
	if usage, err := log.Usage(t.Context()); err != nil || usage.Batches != 2 {
		t.Errorf("%d batches are left, want 2 (%v)", usage.Batches, err)
	}
}

func TestLargeBatchesAreSplitInOrder(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{})})
	want := observations(6)
	for i := range want {
		want[i].Observation.Event = &city.Event{ID: fmt.Sprint(i), Description: strings.Repeat("x", 300<<10)}
	}
	appendAll(t, log, want...)
	var got []string
	for _, b := range read(t, log, 0, 0, 6) {
		for _, e := range b.Entries {
			got = append(got, e.Observation.Event.ID)
		}
	}
	if diff := cmp.Diff([]string{"0", "1", "2", "3", "4", "5"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEntryThatFitsInNoMessageIsAnError(t *testing.T) {
	t.Parallel()
	log := openLog(t, eventlog.Config{Conn: startBroker(t, broker.Config{})})
	huge := city.Entry{At: time.Unix(1, 0), Rejection: &city.Rejection{Sealed: make([]byte, 9<<20)}}
	if err := log.Append(t.Context(), append(observations(3), huge)); !errors.Is(err, eventlog.ErrTooLarge) {
		t.Errorf("error %v, want ErrTooLarge", err)
	}
	if head, err := log.Head(t.Context(), 0); err != nil || head != 0 {
		t.Errorf("something was written: head %d (%v)", head, err)
	}
}

func TestNumberOfPartitionsNeverChanges(t *testing.T) {
	t.Parallel()
	server := startBroker(t, broker.Config{})
	first := openLog(t, eventlog.Config{Conn: server, Partitions: 4})
	location := first.Partition("loc-005")
	if _, err := eventlog.Open(t.Context(), eventlog.Config{Conn: server, Partitions: 8}); err == nil {
		t.Error("opened with another number of partitions")
	}
	again := openLog(t, eventlog.Config{Conn: server})
	if again.Partitions() != 4 || again.Partition("loc-005") != location {
		t.Errorf("%d partitions, loc-005 in %d; was 4, in %d", again.Partitions(), again.Partition("loc-005"), location)
	}
}
