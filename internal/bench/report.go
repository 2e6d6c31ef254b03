// Package bench measures the center: each benchmark runs the real program against the same work
// with nothing behind it, in one go on one machine, so that what counts is the ratio.
package bench

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Printer prints what a benchmark finds, line by line, as it finds it.
type Printer struct{ out io.Writer }

// NewPrinter returns a Printer that begins with a line about the machine.
func NewPrinter(out io.Writer, now time.Time) Printer {
	p := Printer{out}
	p.Printf("%s, %s/%s, %d processors, load generator included\n", now.Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return p
}

// Printf prints as fmt.Printf does.
func (p Printer) Printf(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format, args...) }

// Row prints one row of a table: a name, and figures under the heads that the first Row gave.
func (p Printer) Row(name string, cells ...string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-22s", name)
	for _, c := range cells {
		fmt.Fprintf(&b, " %20s", c)
	}
	p.Printf("%s\n", strings.TrimRight(b.String(), " "))
}

func f0(v float64) string { return fmt.Sprintf("%.0f", v) }
func f1(v float64) string { return fmt.Sprintf("%.1f", v) }

func percent(ratio float64) string { return fmt.Sprintf("%.0f %%", 100*ratio) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[len(sorted)/2]
}

func smallest(values []float64) float64 { return slices.Min(values) }
func largest(values []float64) float64  { return slices.Max(values) }

// quantile returns the q-quantile of durations, which must be sorted and not empty.
func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
