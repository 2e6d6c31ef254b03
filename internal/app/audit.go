package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"opscenter/internal/config"
	"opscenter/internal/httpapi"
	"opscenter/internal/store"
)

// audit is httpapi.Audit on the store.
type audit struct {
	store *store.Store
	zone  *time.Location
}

// Audit implements httpapi.Audit.
func (a audit) Audit(ctx context.Context, q httpapi.AuditQuery) (httpapi.AuditPage, error) {
	page, err := a.store.Audit(ctx, store.AuditQuery{Actor: q.Actor, Object: q.Object, Before: store.AuditPlace(q.Before), Limit: q.Limit})
	if err != nil {
		return httpapi.AuditPage{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	out := httpapi.AuditPage{More: page.More, Total: page.Total}
	for i := range page.Items {
		r := &page.Items[i]
		out.Items = append(out.Items, httpapi.AuditRow{
			Partition: r.Partition, N: r.N, At: r.At.In(a.zone), Actor: r.Actor, Verb: r.Verb, Object: r.Object, Reason: r.Why,
			Key: r.Action, Outcome: r.Outcome, Document: json.RawMessage(r.Document), Prev: hex.EncodeToString(r.Prev), Hash: hex.EncodeToString(r.Hash),
		})
	}
	return out, nil
}

// VerifyAudit implements httpapi.Audit.
func (a audit) VerifyAudit(ctx context.Context, noted []byte) (httpapi.AuditVerdict, error) {
	report, err := a.store.VerifyAudit(ctx, noted)
	if err != nil {
		return httpapi.AuditVerdict{}, fmt.Errorf("%w: %w", httpapi.ErrUnavailable, err)
	}
	verdict := httpapi.AuditVerdict{OK: report.Fault == nil}
	for _, c := range report.Chains {
		verdict.Rows += c.Rows
		verdict.Chains = append(verdict.Chains, httpapi.AuditChain{Partition: c.Partition, Rows: c.Rows, Head: hex.EncodeToString(c.Head)})
	}
	if f := report.Fault; f != nil {
		verdict.Fault = &httpapi.AuditFault{Partition: f.Partition, N: f.N, What: f.What, Message: faultMessage(f)}
	}
	return verdict, nil
}

func faultMessage(f *store.AuditFault) string {
	switch f.What {
	case store.AuditGap:
		return fmt.Sprintf("partition %d, row %d: gap: the row is missing", f.Partition, f.N)
	case store.AuditPrev:
		return fmt.Sprintf("partition %d, row %d: prev: the row does not follow the one before it; one of the two was replaced", f.Partition, f.N)
	case store.AuditHash:
		return fmt.Sprintf("partition %d, row %d: hash: the row is not what was hashed; it was changed", f.Partition, f.N)
	}
	return "head: no row has the expected hash; rows at the end of a chain are missing, or it was rewritten"
}

// VerifyAudit checks the audit of the center that runs in the data directory, or, if none does, of its
// database, and writes what it found in words. expectHead is a head that was noted earlier, or empty.
// An audit that is not as it was written is an error that names the first row that is wrong.
func VerifyAudit(ctx context.Context, c config.Serve, expectHead string, w io.Writer) error {
	noted, err := hex.DecodeString(expectHead)
	if err != nil || len(noted) != 0 && len(noted) != 32 {
		return fmt.Errorf("head %q: want 64 hexadecimal digits", expectHead)
	}
	verdict, err := verdictOn(ctx, c, noted)
	if err != nil {
		return err
	}
	for _, chain := range verdict.Chains {
		if _, err := fmt.Fprintf(w, "partition %d: %d rows, head %s\n", chain.Partition, chain.Rows, chain.Head); err != nil {
			return err
		}
	}
	if verdict.Fault != nil {
		return fmt.Errorf("the audit is not as it was written: %s", verdict.Fault.Message)
	}
	_, err = fmt.Fprintf(w, "%d rows checked: all are as they were written\n", verdict.Rows)
	return err
}

// verdictOn asks the running center, or the database of one that does not run.
func verdictOn(ctx context.Context, c config.Serve, noted []byte) (verdict httpapi.AuditVerdict, err error) {
	if center := runningCenter(ctx, c.Data); center != "" {
		query := url.Values{"expect_head": {hex.EncodeToString(noted)}}
		answer, err := overHTTP(ctx, http.MethodGet, center+"/api/v1/audit/verify?"+query.Encode(), nil)
		if err == nil {
			err = json.Unmarshal([]byte(answer), &verdict)
		}
		return verdict, err
	}
	err = withStore(ctx, c, func(s *store.Store) error {
		verdict, err = audit{store: s, zone: time.UTC}.VerifyAudit(ctx, noted)
		return err
	})
	return verdict, err
}
