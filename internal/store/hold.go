package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"opscenter/internal/store/sqlcgen"
)

// EveryClass in the place of a class holds all of them, those of later versions of the program too.
const EveryClass = "all"

// holdLock is the key of the lock under which data is forgotten (shared) and holds are placed.
const holdLock = "hashtext('opscenter retention')"

// The errors of holds that callers tell apart.
var (
	// ErrKeyUsed says that a client's key already stands for another request.
	ErrKeyUsed = errors.New("this key was used for another request")
	// ErrLifted says that a hold is lifted already.
	ErrLifted = errors.New("the hold is lifted already")
)

// Hold keeps data from being forgotten. A row is held if it is about a time in the hold's span, and of
// its device and location where the class tells those apart; a partition is held as a whole if the
// spans overlap, whatever the device.
type Hold struct {
	ID       int64
	Classes  []string  // or EveryClass
	From, To time.Time // To zero: without an end
	Device   string    // empty: of any
	Location string    // empty: of any
	Reason   string
	PlacedBy string
	PlacedAt time.Time

	LiftReason string
	LiftedBy   string
	LiftedAt   time.Time // zero: it stands
}

// PlaceHold places a hold; only the fields up to PlacedAt are taken. When it returns, nothing that is
// held will be forgotten any more. The same hold with the same key again returns the first; another
// one is ErrKeyUsed. A class that does not exist is an error.
func (s *Store) PlaceHold(ctx context.Context, key string, h Hold) (Hold, error) {
	for _, c := range h.Classes {
		if c != EveryClass && !slices.Contains(classIDs(), c) {
			return Hold{}, fmt.Errorf("hold: %w: class %q; there are %s and %s", ErrNotFound, c, strings.Join(classIDs(), ", "), EveryClass)
		}
	}
	var placed Hold
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		if err := q.LockHolds(ctx); err != nil {
			return err
		}
		row := sqlcgen.PlaceHoldParams{
			Key: clean(key), Classes: h.Classes, FromAt: dated(h.From), Device: clean(h.Device), Location: clean(h.Location),
			Reason: clean(h.Reason), PlacedBy: clean(h.PlacedBy), PlacedAt: dated(h.PlacedAt),
		}
		if !h.To.IsZero() {
			to := dated(h.To)
			row.ToAt = &to
		}
		fresh, err := q.PlaceHold(ctx, row)
		if err != nil {
			return err
		}
		found, err := q.HoldByKey(ctx, row.Key)
		if err != nil {
			return err
		}
		placed = holdOf(found)
		if fresh == 0 && !placed.same(row) {
			return ErrKeyUsed
		}
		return nil
	})
	if err != nil {
		return Hold{}, fmt.Errorf("hold: %w", err)
	}
	return placed, nil
}

// same says whether a hold is what a row asks for.
func (h *Hold) same(row sqlcgen.PlaceHoldParams) bool {
	return slices.Equal(h.Classes, row.Classes) && h.From.Equal(row.FromAt) && h.To.Equal(timeOrZero(row.ToAt)) &&
		h.Device == row.Device && h.Location == row.Location && h.Reason == row.Reason && h.PlacedBy == row.PlacedBy
}

// LiftHold ends a hold. The same lift with the same key again returns the same; otherwise a hold that is
// lifted already is ErrLifted, and one that does not exist ErrNotFound.
func (s *Store) LiftHold(ctx context.Context, key string, id int64, by, reason string, at time.Time) (Hold, error) {
	n, err := s.queries.LiftHold(ctx, sqlcgen.LiftHoldParams{
		ID: id, LiftKey: clean(key), LiftReason: clean(reason), LiftedBy: clean(by), LiftedAt: dated(at),
	})
	if isDuplicateKey(err) {
		return Hold{}, fmt.Errorf("lift hold %d: %w", id, ErrKeyUsed)
	}
	if err != nil {
		return Hold{}, fmt.Errorf("lift hold %d: %w", id, err)
	}
	row, err := s.queries.GetHold(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Hold{}, fmt.Errorf("lift hold %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Hold{}, fmt.Errorf("lift hold %d: %w", id, err)
	}
	h := holdOf(row)
	if n == 0 && (row.LiftKey == nil || *row.LiftKey != clean(key) || h.LiftedBy != clean(by) || h.LiftReason != clean(reason)) {
		return Hold{}, fmt.Errorf("lift hold %d: %w", id, ErrLifted)
	}
	return h, nil
}

// Holds returns every hold that was ever placed, oldest first.
func (s *Store) Holds(ctx context.Context) ([]Hold, error) {
	rows, err := s.queries.ListHolds(ctx)
	if err != nil {
		return nil, fmt.Errorf("holds: %w", err)
	}
	holds := make([]Hold, len(rows))
	for i, row := range rows {
		holds[i] = holdOf(row)
	}
	return holds, nil
}

func holdOf(r sqlcgen.RetentionHold) Hold {
	return Hold{
		ID: r.ID, Classes: r.Classes, From: r.FromAt.UTC(), To: timeOrZero(r.ToAt), Device: r.Device, Location: r.Location,
		Reason: r.Reason, PlacedBy: r.PlacedBy, PlacedAt: r.PlacedAt.UTC(),
		LiftReason: textOrEmpty(r.LiftReason), LiftedBy: textOrEmpty(r.LiftedBy), LiftedAt: timeOrZero(r.LiftedAt),
	}
}

// isDuplicateKey says whether err is the refusal of a client's key that was used before.
func isDuplicateKey(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "23505" && pg.TableName == "retention_hold"
}

func textOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// standing is which holds h bear on the class, as SQL.
func (c *class) standing() string {
	return fmt.Sprintf("h.lifted_at IS NULL AND h.classes && ARRAY['%s', '%s']", c.id, EveryClass)
}

// heldSpan is which holds h bear on the whole of the class between $1 and $2, as SQL.
func (c *class) heldSpan() string {
	return c.standing() + " AND h.from_at < $2::timestamptz AND coalesce(h.to_at, 'infinity') >= $1::timestamptz"
}

// heldRow is which holds h bear on a row t of the class, as SQL.
func (c *class) heldRow() string {
	sql := fmt.Sprintf("%s AND %s <= coalesce(h.to_at, 'infinity') AND %s >= h.from_at", c.standing(), c.begins, c.ends)
	if c.device != "" {
		sql += fmt.Sprintf(" AND (h.device = '' OR %s)", c.device)
	}
	if c.location != "" {
		sql += fmt.Sprintf(" AND (h.location = '' OR %s)", c.location)
	}
	return sql
}
