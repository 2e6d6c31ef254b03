package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// Sighting is one message that spoke of a device which nobody registered: the rejection's External,
// Subsystem, Topic, Shown and Announcement.
type Sighting struct {
	At time.Time
	city.Rejection
}

// Bounds of what is kept of one device, in bytes: anybody on the broker can announce anything.
const (
	maxExternal = 1024
	maxLearned  = 1024
)

// storeSightings keeps sightings in their order: a device that is withdrawn and announced again is
// there, one that is announced and withdrawn is not.
func storeSightings(ctx context.Context, q *sqlcgen.Queries, sightings []Sighting) error {
	for len(sightings) > 0 {
		away := withdrawn(&sightings[0])
		n := slices.IndexFunc(sightings, func(s Sighting) bool { return withdrawn(&s) != away })
		if n < 0 {
			n = len(sightings)
		}
		var err error
		if away {
			err = q.WithdrawDiscovered(ctx, externals(sightings[:n]))
		} else {
			err = finish(q.UpsertDiscovered(ctx, sightingRows(sightings[:n])))
		}
		if err != nil {
			return fmt.Errorf("discovered: %w", err)
		}
		sightings = sightings[n:]
	}
	return nil
}

func withdrawn(s *Sighting) bool { return s.Announcement != nil && s.Announcement.Withdrawn }

func externals(sightings []Sighting) []string {
	list := make([]string, len(sightings))
	for i := range sightings {
		list[i] = clipped(sightings[i].External, maxExternal)
	}
	return list
}

// sightingRows makes one row of all sightings of a device: one that nobody registered may be the one
// that talks most.
func sightingRows(sightings []Sighting) []sqlcgen.UpsertDiscoveredParams {
	rows := make(map[string]*sqlcgen.UpsertDiscoveredParams)
	for i := range sightings {
		s := &sightings[i]
		external := clipped(s.External, maxExternal)
		r := rows[external]
		if r == nil {
			dialect, _, _ := strings.Cut(external, ":")
			r = &sqlcgen.UpsertDiscoveredParams{External: external, Ref: refOf(external), Dialect: dialect, FirstSeen: dated(s.At)}
			rows[external] = r
		}
		r.Subsystem, r.Topic, r.Sample, r.LastSeen = clean(s.Subsystem), clean(s.Topic), clean(s.Shown), dated(s.At)
		r.Sightings++
		if s.Announcement == nil {
			r.Spoke = true
		} else {
			learn(r, s.Announcement)
		}
	}
	list := make([]sqlcgen.UpsertDiscoveredParams, 0, len(rows))
	for _, external := range slices.Sorted(maps.Keys(rows)) {
		list = append(list, *rows[external])
	}
	return list
}

func learn(r *sqlcgen.UpsertDiscoveredParams, a *city.Announcement) {
	for _, field := range []struct {
		known *string
		said  string
	}{{&r.Name, a.Name}, {&r.Maker, a.Maker}, {&r.Model, a.Model}, {&r.Firmware, a.Firmware}, {&r.Kind, a.Kind}} {
		if field.said != "" {
			*field.known = clipped(field.said, maxLearned)
		}
	}
}

// refOf returns the first 12 hexadecimal digits of the SHA-256 of an external id, which an address
// can hold.
func refOf(external string) string {
	sum := sha256.Sum256([]byte(external))
	return hex.EncodeToString(sum[:6])
}
