package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/s2"

	"opscenter/internal/store/sqlcgen"
)

// Claim makes the caller the only writer of a partition and returns its epoch, with what is stored
// of the partition so far. It waits for a Commit of the former owner that is under way; every later
// one gets ErrStaleEpoch.
func (s *Store) Claim(ctx context.Context, partition int) (epoch int64, cp Checkpoint, err error) {
	row, err := s.queries.Claim(ctx, int32(partition)) //nolint:gosec // partitions are few
	if err != nil {
		return 0, Checkpoint{}, fmt.Errorf("claim partition %d: %w", partition, err)
	}
	cp = Checkpoint{Seq: unsigned(row.Seq), StateSeq: unsigned(row.StateSeq)}
	if row.State != nil {
		if cp.State, err = s2.Decode(nil, row.State); err != nil {
			return 0, Checkpoint{}, fmt.Errorf("claim partition %d: state: %w", partition, err)
		}
	}
	return row.Epoch, cp, nil
}

// Commit stores a write and moves the partition's checkpoint to its Seq, in one transaction. A write
// whose Seq is at or below the checkpoint is stored already: then only its State is, and Commit
// returns nil, so a caller that does not know whether a Commit succeeded repeats it. A caller whose
// epoch is no longer the partition's gets ErrStaleEpoch and nothing is stored.
func (s *Store) Commit(ctx context.Context, partition int, epoch int64, w *Write) error {
	err := s.commit(ctx, partition, epoch, w)
	if err != nil {
		return fmt.Errorf("commit partition %d to %d: %w", partition, w.Seq, err)
	}
	return nil
}

// encoded is the part of a write that goes by COPY.
type encoded struct {
	readings, minutes, hours    copyData
	anyReading, anyMin, anyHour bool
}

func (s *Store) commit(ctx context.Context, partition int, epoch int64, w *Write) error {
	e, release, err := s.encode(ctx, w)
	if err != nil {
		return err
	}
	defer release()
	const attempts = 5
	merge := false
	for range attempts {
		err = s.attempt(ctx, partition, epoch, w, e, merge)
		switch {
		case isDuplicateReading(err):
			merge = true
		case !isMovedPartition(err):
			return err
		}
	}
	return err
}

func (s *Store) encode(ctx context.Context, w *Write) (e *encoded, release func(), err error) {
	of, err := s.readingSeries(ctx, w.Readings)
	if err != nil {
		return nil, nil, err
	}
	e = &encoded{anyReading: len(w.Readings) > 0}
	release = func() {}
	if e.anyReading {
		buffer := s.buffers.Get().(*[]byte) //nolint:errcheck // the pool holds nothing else
		e.readings = copyData(*buffer)
		encodeReadings(&e.readings, w.Readings, of)
		release = func() { *buffer = e.readings; s.buffers.Put(buffer) }
	}
	if len(w.Rollups) == 0 {
		return e, release, nil
	}
	if of, err = s.rollupSeries(ctx, w.Rollups); err != nil {
		release()
		return nil, nil, err
	}
	e.anyMin = encodeRollups(&e.minutes, w.Rollups, of, Minute) > 0
	e.anyHour = encodeRollups(&e.hours, w.Rollups, of, Hour) > 0
	return e, release, nil
}

func (s *Store) attempt(ctx context.Context, partition int, epoch int64, w *Write, e *encoded, merge bool) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.queries.WithTx(tx)
		fresh, err := advance(ctx, q, partition, epoch, w)
		if err != nil {
			return err
		}
		if fresh {
			if err := e.store(ctx, tx, merge); err != nil {
				return err
			}
			if err := storeRows(ctx, q, partition, w); err != nil {
				return err
			}
		}
		if err := storeArchived(ctx, q, partition, w); err != nil {
			return err
		}
		return saveState(ctx, q, partition, epoch, w)
	})
}

// advance moves the checkpoint, and with it takes the partition's row lock until the transaction
// ends. It returns whether the write is new.
func advance(ctx context.Context, q *sqlcgen.Queries, partition int, epoch int64, w *Write) (fresh bool, err error) {
	p := int32(partition) //nolint:gosec // partitions are few
	moved, err := q.Advance(ctx, sqlcgen.AdvanceParams{Seq: signed(w.Seq), Partition: p, Epoch: epoch})
	if err != nil || moved == 1 {
		return err == nil, err
	}
	current, err := q.LockCheckpoint(ctx, p)
	if err != nil {
		return false, err
	}
	if current != epoch {
		return false, ErrStaleEpoch
	}
	return false, nil
}

func saveState(ctx context.Context, q *sqlcgen.Queries, partition int, epoch int64, w *Write) error {
	if w.State == nil {
		return nil
	}
	_, err := q.SaveState(ctx, sqlcgen.SaveStateParams{
		State: s2.Encode(nil, w.State), StateSeq: signed(w.StateSeq),
		Partition: int32(partition), Epoch: epoch, //nolint:gosec // partitions are few
	})
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}

func (e *encoded) store(ctx context.Context, tx pgx.Tx, merge bool) error {
	if e.anyReading {
		var err error
		if merge {
			err = mergeReadings(ctx, tx, e.readings)
		} else {
			err = e.readings.copyInto(ctx, tx, "reading", readingColumns)
		}
		if err != nil {
			return err
		}
	}
	if e.anyMin {
		if err := mergeRollups(ctx, tx, e.minutes, Minute); err != nil {
			return err
		}
	}
	if e.anyHour {
		return mergeRollups(ctx, tx, e.hours, Hour)
	}
	return nil
}

// storeRows stores what is too rare for COPY.
func storeRows(ctx context.Context, q *sqlcgen.Queries, partition int, w *Write) error {
	if err := storeStatuses(ctx, q, w.Statuses); err != nil {
		return err
	}
	if err := storeEvents(ctx, q, w.Events); err != nil {
		return err
	}
	if err := storeManifests(ctx, q, w.Manifests); err != nil {
		return err
	}
	if err := storeFigures(ctx, q, w.Figures); err != nil {
		return err
	}
	if err := storeSightings(ctx, q, w.Sightings); err != nil {
		return err
	}
	if err := storeAlarms(ctx, q, w.Alarms); err != nil {
		return err
	}
	if err := storeOutbox(ctx, q, w.Alarms); err != nil {
		return err
	}
	if err := storeActions(ctx, q, partition, w.Actions); err != nil {
		return err
	}
	if err := storeGaps(ctx, q, partition, w.Gaps); err != nil {
		return err
	}
	return storeRejections(ctx, q, partition, w.Rejections)
}
