package store

import (
	"context"
	"fmt"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// Manifest is a declaration or a retirement of a subsystem, and when it was accepted.
type Manifest struct {
	At time.Time
	city.Manifest
}

func storeManifests(ctx context.Context, q *sqlcgen.Queries, manifests []Manifest) error {
	for i := range manifests {
		m := &manifests[i]
		var err error
		if len(m.Document) == 0 {
			err = q.Retire(ctx, sqlcgen.RetireParams{Subsystem: m.Subsystem, RetiredAt: &m.At})
		} else {
			err = q.Declare(ctx, sqlcgen.DeclareParams{Subsystem: m.Subsystem, Document: m.Document, DeclaredAt: m.At})
		}
		if err != nil {
			return fmt.Errorf("manifest of %q: %w", m.Subsystem, err)
		}
	}
	return nil
}

// Declared returns the manifests of the subsystems that were declared at run time and not retired,
// by id.
func (s *Store) Declared(ctx context.Context) (map[string][]byte, error) {
	rows, err := s.queries.Declared(ctx)
	if err != nil {
		return nil, fmt.Errorf("manifests: %w", err)
	}
	documents := make(map[string][]byte, len(rows))
	for _, r := range rows {
		documents[r.Subsystem] = r.Document
	}
	return documents, nil
}
