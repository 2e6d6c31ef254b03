package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"opscenter/internal/harness"
	"opscenter/internal/store"
)

// RunPast fills the archive of a center that does not run with a month, of which one hour is real, then
// starts the center, leaves it alone for some seconds and asks for pictures of that hour over HTTP. What it is compared with is the
// picture of now, which costs neither seeking nor restoring.
func RunPast(ctx context.Context, p Printer, o History) error {
	dir, remove, err := scratch()
	if err != nil {
		return err
	}
	defer remove()
	from, to := month(time.Now())
	registered := from.AddDate(0, 0, -1)
	hour := from.AddDate(0, 0, monthDays/2).Add(time.Hour)
	err = withStoreAt(ctx, dir, registered, func(s *store.Store) error {
		f, err := newPastFiller(ctx, s, o, registered)
		if err != nil {
			return err
		}
		return f.fill(ctx, p, from, to, hour)
	})
	if err != nil {
		return err
	}
	c, err := startCenter(ctx, dir)
	if err != nil {
		return err
	}
	err = c.WaitReady(ctx, time.Minute)
	if err == nil {
		err = calm(ctx)
	}
	if err == nil {
		err = o.look(ctx, p, c, hour)
	}
	return errors.Join(err, c.Stop())
}

// calm waits while a center that has just started makes partitions, forgets what is old and saves its first
// state, which would be measured too.
func calm(ctx context.Context) error {
	select {
	case <-time.After(8 * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look asks for random seconds of the hour, then for devices as they are now.
func (o History) look(ctx context.Context, p Printer, c *harness.Center, hour time.Time) error {
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same moments each time
	moment := func() string {
		at := hour.Add(time.Duration(1+random.IntN(3599)) * time.Second)
		return "/api/v1/board?at=" + url.QueryEscape(at.Format(time.RFC3339))
	}
	p.Row("of the past hour", "entities", "first answer", "median", "slowest", "processor", "bytes")
	for _, question := range []struct {
		name string
		path func() string
	}{
		{"the whole picture", moment},
		{"one location", func() string { return moment() + "&location=" + harness.LocationID(0) }},
		{"(a page of devices now)", func() string { return "/api/v1/devices?limit=1000" }},
	} {
		first, size, entities, err := lookOnce(ctx, c, question.path())
		if err != nil {
			return err
		}
		before, err := c.Usage()
		if err != nil {
			return err
		}
		var again []time.Duration
		for range o.Rounds {
			took, _, _, err := lookOnce(ctx, c, question.path())
			if err != nil {
				return err
			}
			again = append(again, took)
		}
		after, err := c.Usage()
		if err != nil {
			return err
		}
		used := after.Minus(before)
		slices.Sort(again)
		p.Row(question.name, f0(float64(entities)), milliseconds(first), milliseconds(quantile(again, 0.5)), milliseconds(again[len(again)-1]),
			f1(1000*(used.Center+used.Postgres)/float64(max(o.Rounds, 1)))+" ms", f0(float64(size)))
	}
	resident, err := c.Resident()
	if err != nil {
		return err
	}
	p.Printf("  the center's resident memory after that: %d MiB\n", resident>>20)
	return nil
}

// lookOnce asks; an answer without devices is an error.
func lookOnce(ctx context.Context, c *harness.Center, path string) (took time.Duration, size, entities int, err error) {
	started := time.Now()
	status, body, err := c.Get(ctx, path)
	took = time.Since(started)
	entities = strings.Count(string(body), `"status":`)
	if err == nil && (status != http.StatusOK || !strings.Contains(string(body), harness.DeviceID(0))) {
		err = errors.New(path + " answered without devices: " + string(body[:min(len(body), 200)]))
	}
	return took, len(body), entities, err
}
