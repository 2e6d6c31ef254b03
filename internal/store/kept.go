package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"opscenter/internal/city"
)

// mostDue is where Kept stops counting rows that are to be forgotten.
const mostDue = 100_000

// Kept is what there is of one class of data, and what will become of it.
type Kept struct {
	Size
	Names city.Names
	Keep  time.Duration // 0: for ever

	// Oldest is when the oldest data is of; zero if there is none. Of a class that is split it is the
	// start of the oldest partition with rows.
	Oldest time.Time

	Holds          []int64 // that stand and name the class
	HeldPartitions int     // that are old and held
	HeldRows       int64   // that are old and held; at most mostDue, and so is DueRows
	DuePartitions  int     // that the next run of Retain drops
	DueRows        int64   // that it deletes one by one
}

// Kept returns what there is of every class of data, as Retain would find it at a time.
func (s *Store) Kept(ctx context.Context, now time.Time, policy Policy) ([]Kept, error) {
	sizes, err := s.Sizes(ctx)
	if err != nil {
		return nil, err
	}
	holds, err := s.Holds(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Kept, len(sizes))
	for i, c := range classes() {
		k := &all[i]
		*k = Kept{Size: sizes[i], Names: c.names, Keep: policy[c.id]}
		for _, h := range holds {
			if h.LiftedAt.IsZero() && (slices.Contains(h.Classes, c.id) || slices.Contains(h.Classes, EveryClass)) {
				k.Holds = append(k.Holds, h.ID)
			}
		}
		if err := s.look(ctx, &c, now.UTC(), k); err != nil {
			return nil, fmt.Errorf("retention of %s: %w", c.id, err)
		}
	}
	return all, nil
}

func (s *Store) look(ctx context.Context, c *class, now time.Time, k *Kept) error {
	if c.split == nil {
		if err := s.oldestRow(ctx, c, k); err != nil {
			return err
		}
	} else if err := s.lookAtPartitions(ctx, c, now, k); err != nil {
		return err
	}
	if k.Keep <= 0 {
		return nil
	}
	query := fmt.Sprintf(`SELECT count(*) FILTER (WHERE held), count(*) FILTER (WHERE NOT held)
		FROM (SELECT EXISTS (SELECT FROM retention_hold h WHERE %s) AS held FROM %s t WHERE %s LIMIT %d) AS due`,
		c.heldRow(), c.rows(), c.old, mostDue)
	return s.pool.QueryRow(ctx, query, now.Add(-k.Keep), now.Add(k.Keep)).Scan(&k.HeldRows, &k.DueRows)
}

func (s *Store) oldestRow(ctx context.Context, c *class, k *Kept) error {
	var oldest *time.Time
	err := s.pool.QueryRow(ctx, fmt.Sprintf("SELECT min(%s) FROM %s t", c.age, c.table)).Scan(&oldest)
	k.Oldest = timeOrZero(oldest)
	return err
}

func (s *Store) lookAtPartitions(ctx context.Context, c *class, now time.Time, k *Kept) error {
	starts, err := s.partitions(ctx, *c.split)
	if err != nil {
		return err
	}
	cutoff := now.Add(-k.Keep)
	for _, start := range starts {
		due := k.Keep > 0 && !c.split.next(start).After(cutoff)
		if k.Oldest.IsZero() {
			if filled, err := s.ask(ctx, "SELECT FROM "+c.split.name(start)); err != nil {
				return err
			} else if filled {
				k.Oldest = start
			}
		}
		if !due {
			continue
		}
		held, err := s.ask(ctx, "SELECT FROM retention_hold h WHERE "+c.heldSpan(), start, c.split.next(start))
		switch {
		case err != nil:
			return err
		case held:
			k.HeldPartitions++
		default:
			k.DuePartitions++
		}
	}
	return nil
}

// ask says whether a query has rows.
func (s *Store) ask(ctx context.Context, query string, args ...any) (yes bool, err error) {
	err = s.pool.QueryRow(ctx, "SELECT EXISTS ("+query+")", args...).Scan(&yes)
	return yes, err
}
