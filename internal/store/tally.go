package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// Tally is how many incidents or violations there were at a location in the quarter of an hour that
// begins at At.
type Tally struct {
	Location string
	At       time.Time
	N        int64
}

// Incidents counts the incidents of every subsystem that began from inclusive to exclusive, by location
// and quarter of an hour.
func (s *Store) Incidents(ctx context.Context, from, to time.Time) ([]Tally, error) {
	rows, err := s.queries.IncidentTally(ctx, sqlcgen.IncidentTallyParams{FromAt: dated(from), ToAt: dated(to)})
	if err != nil {
		return nil, fmt.Errorf("incidents: %w", err)
	}
	tallies := make([]Tally, len(rows))
	for i, r := range rows {
		tallies[i] = Tally(r)
	}
	return tallies, nil
}

// CountViolations counts the violations that were observed from inclusive to exclusive, by location and
// quarter of an hour.
func (s *Store) CountViolations(ctx context.Context, from, to time.Time) ([]Tally, error) {
	rows, err := s.queries.ViolationTally(ctx, sqlcgen.ViolationTallyParams{FromAt: dated(from), ToAt: dated(to)})
	if err != nil {
		return nil, fmt.Errorf("violations: %w", err)
	}
	tallies := make([]Tally, len(rows))
	for i, r := range rows {
		tallies[i] = Tally(r)
	}
	return tallies, nil
}

// Placed counts the devices that were registered at some time from inclusive to exclusive.
func (s *Store) Placed(ctx context.Context, from, to time.Time) (int64, error) {
	n, err := s.queries.CountPlaced(ctx, sqlcgen.CountPlacedParams{FromAt: dated(from), ToAt: dated(to)})
	if err != nil {
		return 0, fmt.Errorf("placements: %w", err)
	}
	return n, nil
}

// PlacedLocations returns the locations at which devices were at some time from inclusive to exclusive,
// by id, with the names and areas that they had last. Coordinates are not remembered.
func (s *Store) PlacedLocations(ctx context.Context, from, to time.Time) ([]city.Location, error) {
	rows, err := s.queries.PlacedLocations(ctx, sqlcgen.PlacedLocationsParams{FromAt: dated(from), ToAt: dated(to)})
	if err != nil {
		return nil, fmt.Errorf("placements: %w", err)
	}
	locations := make([]city.Location, len(rows))
	for i, r := range rows {
		locations[i] = city.Location{ID: r.Location, Name: r.LocationName, Area: r.Area}
	}
	return locations, nil
}
