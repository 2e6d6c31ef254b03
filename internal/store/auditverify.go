package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/store/sqlcgen"
)

// AuditChain is one chain of the audit that is whole.
type AuditChain struct {
	Partition int
	Rows      int64
	Head      []byte // the hash of the last row
}

// AuditFault is the first row of the audit that is not as it was written.
type AuditFault struct {
	Partition int
	N         int64 // of the row that is wrong, or, of a gap, of the row that is missing
	What      string
}

// What is wrong with a row of the audit.
const (
	AuditGap  = "gap"  // a row is missing before the next
	AuditPrev = "prev" // it does not follow the row before: that one, or this, was replaced
	AuditHash = "hash" // its content is not what was hashed
	AuditHead = "head" // the row that was noted is in no chain: rows at the end are missing
)

// AuditReport says whether the audit is as it was written. Chains are those up to the fault.
type AuditReport struct {
	Chains []AuditChain
	Fault  *AuditFault // nil: nothing is wrong
}

// VerifyAudit walks every chain of the audit as it is at one moment, up to the first fault. A chain
// cannot know what was cut off its end: noted is a hash that once was the last of a chain, which must
// still be in one; empty: none was noted.
func (s *Store) VerifyAudit(ctx context.Context, noted []byte) (report AuditReport, err error) {
	walk := auditWalk{noted: noted}
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error { return walk.all(ctx, s.queries.WithTx(tx)) })
	if err != nil {
		return AuditReport{}, fmt.Errorf("verify the audit: %w", err)
	}
	if len(noted) > 0 && !walk.found && walk.report.Fault == nil {
		walk.report.Fault = &AuditFault{What: AuditHead}
	}
	return walk.report, nil
}

// auditWalk is how far the chains were walked.
type auditWalk struct {
	report AuditReport
	noted  []byte
	found  bool
}

// all walks page by page until there is no more, or a fault.
func (w *auditWalk) all(ctx context.Context, q *sqlcgen.Queries) error {
	const rows = 1000
	next := sqlcgen.AuditChainParams{Partition: -1, MaxRows: rows}
	for {
		page, err := q.AuditChain(ctx, next)
		if err != nil {
			return err
		}
		for _, row := range auditRowsOf(page) {
			if w.report.Fault = w.row(&row); w.report.Fault != nil {
				return nil
			}
		}
		if len(page) < rows {
			return nil
		}
		last := &page[len(page)-1]
		next.Partition, next.N = last.Partition, last.N
	}
}

// row takes in the next row, and returns what is wrong with it.
func (w *auditWalk) row(r *AuditRow) *AuditFault {
	chains := w.report.Chains
	if len(chains) == 0 || chains[len(chains)-1].Partition != r.Partition {
		chains = append(chains, AuditChain{Partition: r.Partition, Head: make([]byte, sha256.Size)})
		w.report.Chains = chains
	}
	chain := &chains[len(chains)-1]
	switch {
	case r.N != chain.Rows+1:
		return &AuditFault{Partition: r.Partition, N: chain.Rows + 1, What: AuditGap}
	case !bytes.Equal(r.Prev, chain.Head):
		return &AuditFault{Partition: r.Partition, N: r.N, What: AuditPrev}
	case !bytes.Equal(r.Hash, auditHash(r)):
		return &AuditFault{Partition: r.Partition, N: r.N, What: AuditHash}
	}
	chain.Rows, chain.Head = r.N, r.Hash
	w.found = w.found || bytes.Equal(w.noted, r.Hash)
	return nil
}
