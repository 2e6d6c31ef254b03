package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"opscenter/internal/city"
	"opscenter/internal/ingest"
)

func TestMessageBecomesAnObservationOfItsDevice(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	d.send(camera+"health", health)
	entries := d.finish(t)
	want := []city.Entry{{At: morning, Observation: &city.Observation{
		Subsystem: "trafficsafety", Location: "loc-005", Device: "cam-017", Kind: "health",
		ObservedAt: morning.Add(-time.Second), ReceivedAt: morning, Seq: 9,
		Readings: []city.Reading{{Metric: "fps", Value: 25}},
		States:   []city.State{{Name: "stream", Value: "ok"}},
	}}}
	if len(entries) == 1 && entries[0].Observation != nil {
		if entries[0].Observation.Digest == 0 {
			t.Error("no digest")
		}
		entries[0].Observation.Digest = 0
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Error(diff)
	}
	if d.counts.of("trafficsafety/observed") != 1 || d.counts.appended != 1 {
		t.Error("it was not counted")
	}
}

func TestNothingIsAcknowledgedBeforeItIsKept(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.journal.entered, d.journal.release = make(chan struct{}), make(chan struct{})
	d.run(t.Context())
	d.send(camera+"health", health)
	<-d.journal.entered
	select {
	case <-d.acked:
		t.Fatal("acknowledged while it is being appended")
	default:
	}
	close(d.journal.release)
	<-d.acked
	if len(d.journal.kept()) != 1 {
		t.Fatal("acknowledged and not kept")
	}
	d.finish(t)
}

func TestMessagesAreAcknowledgedInOrderWhateverTheySay(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	const n = 2000
	for i := range n {
		switch i % 4 {
		case 0:
			d.send(camera+"health", health)
		case 1:
			d.send(camera+"health", "garbage")
		case 2:
			d.send("nowhere", health)
		case 3:
			d.send("ioc/v1/faulty/loc-005/faulty-1/x", "ignore")
		}
	}
	entries := d.finish(t)
	for i := range n {
		if got := <-d.acked; got != i {
			t.Fatalf("message %d was acknowledged as number %d", got, i)
		}
	}
	if len(d.acked) != 0 || len(entries) != n*3/4 {
		t.Errorf("%d more acknowledged; %d entries", len(d.acked), len(entries))
	}
	if !slices.IsSortedFunc(entries, func(a, b city.Entry) int { return a.At.Compare(b.At) }) {
		t.Error("the log is out of order")
	}
	if d.counts.of("faulty/ignored") != n/4 || d.counts.of("/unroutable") != n/4 || d.counts.of("trafficsafety/malformed") != n/4 {
		t.Errorf("counted %v", d.counts.messages)
	}
}

func TestBatchIsWhatIsWaiting(t *testing.T) {
	t.Parallel()
	d := setup(t)
	for range 600 {
		d.send(camera+"health", health)
	}
	for range 3 {
		d.send(camera+"health", strings.Repeat(" ", 200<<10)+health)
	}
	d.run(t.Context())
	d.finish(t)
	// Of the third batch's large messages two fit before its bytes are too many.
	if diff := cmp.Diff([]int{256, 256, 600 - 512 + 3}, d.journal.batches); diff != "" {
		t.Error(diff)
	}

	d = setup(t)
	for range 7 {
		d.send(camera+"health", strings.Repeat(" ", 200<<10)+health)
	}
	d.run(t.Context())
	d.finish(t)
	if diff := cmp.Diff([]int{3, 3, 1}, d.journal.batches); diff != "" {
		t.Error(diff)
	}
}

func TestNextBatchIsDecodedWhileOneIsAppended(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := setup(t)
		d.journal.release = make(chan struct{})
		d.run(t.Context())
		d.send(camera+"health", health)
		synctest.Wait()
		d.send(camera+"flow", `{}`)
		synctest.Wait()
		if d.counts.of("trafficsafety/malformed") != 1 {
			t.Error("not decoded until the append returned")
		}
		close(d.journal.release)
		d.finish(t)
		if diff := cmp.Diff([]int{1, 1}, d.journal.batches); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStalledLogIsRetriedUntilItTakesTheSameBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := setup(t)
		full := errors.New("no space left on device")
		d.journal.fail(full)
		began := time.Now()
		d.run(t.Context())
		for range 300 {
			d.send(camera+"health", health)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		s := d.Status()
		if s.State != ingest.Stalled || !errors.Is(s.Err, full) || s.Since.Sub(began) > time.Second {
			t.Errorf("status is %+v", s)
		}
		if len(d.acked) != 0 || len(d.journal.kept()) != 0 {
			t.Error("something was acknowledged or kept")
		}
		// Pauses grow to 2.5 to 5 s: 120 to 240 tries in ten minutes, and the few at the start.
		if d.journal.tries < 100 || d.journal.tries > 260 {
			t.Errorf("%d tries in ten minutes", d.journal.tries)
		}
		d.journal.fail(nil)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if s := d.Status(); s.State != ingest.Live || s.Err != nil || s.Since.Sub(began) < 10*time.Minute {
			t.Errorf("status is %+v after the log recovered", s)
		}
		entries := d.finish(t)
		if len(entries) != 300 || len(d.acked) != 300 || d.counts.failed == 0 {
			t.Errorf("%d entries, %d acknowledged", len(entries), len(d.acked))
		}
		for i := range entries {
			if want := morning.Add(time.Duration(i) * time.Second); !entries[i].At.Equal(want) {
				t.Fatalf("entry %d is of %v", i, entries[i].At)
			}
		}
	})
}

func TestAppendThatDoesNotReturnIsAStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := setup(t)
		d.journal.release = make(chan struct{})
		if s := d.Status(); s.State != ingest.Live {
			t.Errorf("status is %+v at the start", s)
		}
		d.run(t.Context())
		d.send(camera+"health", health)
		began := time.Now()
		time.Sleep(4 * time.Second)
		if s := d.Status(); s.State != ingest.Live {
			t.Errorf("status is %+v after 4 s", s)
		}
		time.Sleep(4 * time.Second)
		if s := d.Status(); s.State != ingest.Stalled || !s.Since.Equal(began) {
			t.Errorf("status is %+v after 8 s", s)
		}
		close(d.journal.release)
		d.finish(t)
		if s := d.Status(); s.State != ingest.Live {
			t.Errorf("status is %+v at the end", s)
		}
	})
}

func TestEndOfContextLeavesTheRestUnacknowledged(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{"hanging": nil, "failing": errors.New("down")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			d := setup(t)
			d.journal.failure, d.journal.entered = failure, make(chan struct{}, deep)
			if failure == nil {
				d.journal.release = make(chan struct{})
			}
			d.run(ctx)
			for range 1000 {
				d.send(camera+"health", health)
			}
			<-d.journal.entered
			cancel()
			if err := <-d.done; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if len(d.acked) != 0 {
				t.Error("acknowledged and not kept")
			}
		})
	}
}

func TestTimeNeverRunsBackwards(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	for _, at := range []time.Time{morning, morning.Add(-time.Hour), morning.Add(time.Second)} {
		d.messages <- ingest.Message{Topic: camera + "availability", Payload: []byte("online"), ReceivedAt: at, Ack: func() {}}
	}
	var got []time.Time
	for _, e := range d.finish(t) {
		got = append(got, e.At)
		if !e.Observation.ReceivedAt.Equal(e.At) {
			t.Errorf("entry of %v has an observation received at %v", e.At, e.Observation.ReceivedAt)
		}
	}
	if diff := cmp.Diff([]time.Time{morning, morning, morning.Add(time.Second)}, got); diff != "" {
		t.Error(diff)
	}
}

func TestInventoryIsReplacedWhileRunning(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	topic := "ioc/v1/trafficsafety/loc-005/cam-018/health"
	d.send(topic, health)
	<-d.acked
	d.SetInventory(inventory(t, "cam-018"))
	d.send(topic, health)
	entries := d.finish(t)
	if len(entries) != 2 || entries[0].Rejection == nil || entries[1].Observation == nil || entries[1].Observation.Device != "cam-018" {
		t.Errorf("got %+v", entries)
	}
}

func TestDigestTellsMessagesApart(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.run(t.Context())
	d.send(camera+"health", health)
	d.send(camera+"health", health)
	d.send(camera+"health", strings.Replace(health, `"seq":9`, `"seq":8`, 1))
	d.send(camera+"availability", "online")
	d.send(camera+"availability", "online")
	d.send("ioc/v1/faulty/loc-005/faulty-1/x", "two")
	var digests []uint64
	for _, e := range d.finish(t) {
		digests = append(digests, e.Observation.Digest)
	}
	if len(digests) != 7 || digests[0] != digests[1] {
		t.Fatalf("one message delivered twice: digests %x", digests)
	}
	slices.Sort(digests)
	if n := len(slices.Compact(digests)); n != 6 {
		t.Errorf("%d different digests, want 6", n)
	}
}

func TestMissingPartsAreNamed(t *testing.T) {
	t.Parallel()
	if _, err := ingest.New(ingest.Config{Log: slog.New(slog.DiscardHandler)}, &journal{}); err == nil {
		t.Error("it was made without them")
	}
}

func ExampleFrom() {
	messages := make(chan string, 1)
	messages <- "ioc/v1/x"
	source := ingest.From(messages, func(topic string) ingest.Message { return ingest.Message{Topic: topic} })
	m, _ := source.Next(context.Background())
	fmt.Println(m.Topic)
	// Output: ioc/v1/x
}
