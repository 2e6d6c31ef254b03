package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store"
	"opscenter/internal/store/pgcluster"
)

// BenchmarkCommitReadings stores 10,000 readings of two values each per commit, of 10,000 devices,
// on a durable cluster. It reports readings per second, and the processor time per reading of this
// process and of all of PostgreSQL's.
func BenchmarkCommitReadings(b *testing.B) {
	for _, size := range []int{100, 1000, 10_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) { benchmarkCommit(b, size, false) })
	}
	b.Run("10000 with a duplicate", func(b *testing.B) { benchmarkCommit(b, 10_000, true) })
}

func benchmarkCommit(b *testing.B, size int, duplicate bool) {
	b.Helper()
	c, err := pgcluster.New(pgcluster.Config{Dir: filepath.Join(b.TempDir(), "pg")})
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer c.Stop(b.Context())
	d := claim(b, c.URL(""))
	defer d.Close()
	const devices = 10_000
	names := make([]string, devices)
	for i := range names {
		names[i] = fmt.Sprintf("cam-%05d", i)
	}
	w, n := &store.Write{Readings: make([]store.Reading, size)}, 0
	last := fps(noon(), 1, 25)
	fill := func() {
		for i := range w.Readings {
			at := noon().Add(time.Duration(n/devices)*time.Second + time.Duration(n%devices)*100*time.Microsecond)
			w.Readings[i] = store.Reading{
				Device: names[n%devices], Kind: "health", ObservedAt: at, ReceivedAt: at, Digest: uint64(n) * 0x9E3779B97F4A7C15,
				Values: []city.Reading{{Metric: "bitrate_kbps", Value: float64(n)}, {Metric: "fps", Value: 25}},
			}
			n++
		}
		if duplicate {
			w.Readings[size-1] = last
			last = w.Readings[0]
		}
	}
	for n < 2*devices { // every series is known
		fill()
		d.commit(w)
	}
	ours, theirs := ownCPU(b), serverCPU(b, c.PID())
	b.ResetTimer()
	for range b.N {
		fill()
		d.commit(w)
	}
	b.StopTimer()
	rows := float64(b.N * size)
	b.ReportMetric(rows/b.Elapsed().Seconds(), "readings/s")
	b.ReportMetric(float64((ownCPU(b)-ours).Nanoseconds())/rows, "client-ns/reading")
	b.ReportMetric(float64((serverCPU(b, c.PID())-theirs).Nanoseconds())/rows, "postgres-ns/reading")
	b.ReportMetric(float64(d.number("SELECT pg_total_relation_size('reading_20260314')"))/float64(n), "disk-B/reading")
}

func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// serverCPU adds up the processor time of a postmaster, its children, and those that have ended.
func serverCPU(b *testing.B, postmaster int) time.Duration {
	b.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	const tick = 10 * time.Millisecond // of /proc, USER_HZ
	var total time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		_, after, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(after)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent, _ := strconv.Atoi(fields[1])
		if pid != postmaster && parent != postmaster {
			continue
		}
		own := fields[11:13] // utime, stime
		if pid == postmaster {
			own = fields[11:15] // and of children that have ended
		}
		for _, field := range own {
			ticks, _ := strconv.Atoi(field)
			total += time.Duration(ticks) * tick
		}
	}
	return total
}
