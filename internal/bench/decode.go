package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"

	"opscenter/internal/subsystem"
)

// Decode says what the decode benchmark decodes with.
type Decode struct {
	Root      string
	Factories []subsystem.Factory
	Dialects  []subsystem.Dialect
	Time      time.Duration // of each measurement
	Only      string        // a part of the names of what to measure; empty: all
}

// wanted is what every decoder should manage on one core, in messages/s.
const wanted = 200_000

// RunDecode measures on one core how many messages per second each decoder takes and what it
// allocates for each, against json.Valid, which only walks the same payload. Messages of subsystems
// are made of how their decoders describe them; those of dialects are samples. A message that is not
// decoded is an error that names it.
func RunDecode(ctx context.Context, p Printer, o Decode) error {
	work, skipped, err := o.work()
	if err != nil {
		return err
	}
	for _, name := range skipped {
		p.Printf("skipped: %s, since the program has no such dialect\n", name)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p.Printf("one core, %v each\n", o.Time)
	decodeRow(p, "message", "bytes", "messages/s", "allocations", "bytes allocated", "× json.Valid")
	var slow []string
	for i := range work {
		w := &work[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := w.measure(o.Time)
		if err != nil {
			return err
		}
		ratio := "not JSON"
		if c.walk > 0 {
			ratio = f1(c.seconds / c.walk)
		}
		decodeRow(p, w.name, fmt.Sprint(len(w.message.Payload)), f0(1/c.seconds), f1(c.allocations), f0(c.allocated), ratio)
		if 1/c.seconds < wanted {
			slow = append(slow, w.name)
		}
	}
	if len(slow) == 0 {
		p.Printf("none is under %d messages/s\n", wanted)
		return nil
	}
	p.Printf("under %d messages/s: %s\n", wanted, strings.Join(slow, ", "))
	return nil
}

func decodeRow(p Printer, name, size, rate, allocations, allocated, ratio string) {
	p.Printf("%-34s %8s %12s %12s %16s %13s\n", name, size, rate, allocations, allocated, ratio)
}

// cost is what decoding a message once takes.
type cost struct {
	seconds     float64
	walk        float64 // seconds that json.Valid takes; 0 where the payload is not JSON
	allocations float64
	allocated   float64 // bytes
}

const (
	rounds = 5   // of each measurement, of which the fastest counts: others only ever slow it down
	batch  = 256 // messages between two looks at the clock
)

// measure decodes a message again and again for that long, and walks its payload in turn with it.
func (w *decodeWork) measure(long time.Duration) (cost, error) {
	var failed error
	decode := func() {
		for range batch {
			if _, err := w.decoder.Decode(w.message); err != nil {
				failed = fmt.Errorf("%s: decoded again: %w", w.name, err)
			}
		}
	}
	decode() // fills pools and caches
	c := cost{seconds: math.Inf(1), walk: math.Inf(1)}
	var mallocs, bytes, n float64
	for range rounds {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		seconds, decoded := timed(long/rounds, decode)
		runtime.ReadMemStats(&after)
		c.seconds = min(c.seconds, seconds)
		n += decoded
		mallocs += float64(after.Mallocs - before.Mallocs)
		bytes += float64(after.TotalAlloc - before.TotalAlloc)
		seconds, _ = timed(long/rounds/4, w.walk)
		c.walk = min(c.walk, seconds)
	}
	c.allocations, c.allocated = mallocs/n, bytes/n
	if !json.Valid(w.message.Payload) {
		c.walk = 0
	}
	return c, failed
}

// walk does a batch of json.Valid.
func (w *decodeWork) walk() {
	for range batch {
		json.Valid(w.message.Payload)
	}
}

// timed does batches for at least that long. It returns the seconds that one of a batch took, and how
// many there were.
func timed(long time.Duration, do func()) (seconds, n float64) {
	started := time.Now()
	for n == 0 || time.Since(started) < long {
		do()
		n += batch
	}
	return time.Since(started).Seconds() / n, n
}
