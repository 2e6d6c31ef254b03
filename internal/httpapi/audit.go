package httpapi

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Audit is the memory of who did what, which nobody can change without being found out.
type Audit interface {
	// Audit lists rows, the latest first.
	Audit(ctx context.Context, q AuditQuery) (AuditPage, error)

	// VerifyAudit looks whether every row is as it was written. noted is the hash of a row that must be
	// there; empty: none.
	VerifyAudit(ctx context.Context, noted []byte) (AuditVerdict, error)
}

// AuditQuery selects rows of the audit. An empty field does not narrow it.
type AuditQuery struct {
	Actor  string
	Object string
	Before AuditPlace
	Limit  int
}

// AuditPlace is where a row is in the order of the audit. The zero place is before the first.
type AuditPlace struct {
	At        time.Time
	Partition int
	N         int64
}

// AuditPage is one page of the audit. More says that others follow. Total counts all pages.
type AuditPage struct {
	Items []AuditRow
	More  bool
	Total int64
}

// AuditRow is one action of a person, and what became of it.
type AuditRow struct {
	Partition int             `json:"partition" doc:"of the log; each has a chain of its own"`
	N         int64           `json:"n" doc:"from 1, without a gap"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"`
	Verb      string          `json:"verb" example:"acknowledge"`
	Object    string          `json:"object" example:"alarm/a-1"`
	Reason    string          `json:"reason"`
	Key       string          `json:"key" doc:"of the action"`
	Outcome   string          `json:"outcome" enum:"done,refused"`
	Document  json.RawMessage `json:"document" doc:"the whole action"`
	Prev      string          `json:"prev" doc:"hash of the row before, in hexadecimal digits"`
	Hash      string          `json:"hash" doc:"SHA-256 of this row, in hexadecimal digits"`
}

// AuditVerdict says whether the audit is as it was written.
type AuditVerdict struct {
	OK     bool         `json:"ok"`
	Rows   int64        `json:"rows" doc:"that were looked at"`
	Chains []AuditChain `json:"chains" nullable:"false"`
	Fault  *AuditFault  `json:"fault,omitempty" doc:"the first thing that is wrong"`
}

// AuditChain is one chain, as far as nothing is wrong with it.
type AuditChain struct {
	Partition int    `json:"partition"`
	Rows      int64  `json:"rows"`
	Head      string `json:"head" doc:"hash of its last row: note it, and expect it the next time"`
}

// AuditFault is a row that is not as it was written.
type AuditFault struct {
	Partition int    `json:"partition"`
	N         int64  `json:"n"`
	What      string `json:"what" enum:"gap,prev,hash,head"`
	Message   string `json:"message"`
}

type auditInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"items on a page"`
	Cursor string `query:"cursor" maxLength:"512" doc:"next of the page before"`
	Actor  string `query:"actor" maxLength:"128"`
	Object string `query:"object" maxLength:"100" example:"alarm/a-1" doc:"alarm/ID or maintenance/ID"`
}

type auditOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         List[AuditRow]
}

type verifyInput struct {
	ExpectHead string `query:"expect_head" pattern:"^([0-9a-f]{64})?$" doc:"head of a chain that was noted earlier: it must still be there"`
}

type verifyOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         AuditVerdict
}

// audit declares the routes of the audit.
func (a *api) audit() {
	if a.Audit == nil {
		return
	}
	huma.Register(a.huma, get("list-audit", "/api/v1/audit", "Who did what when and why, the latest first"), a.listAudit)
	huma.Register(a.huma, get("verify-audit", "/api/v1/audit/verify", "Whether the audit is as it was written"), a.verifyAudit)
}

func (a *api) listAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	before, err := auditPlace(in.Cursor)
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	found, err := a.Audit.Audit(ctx, AuditQuery{Actor: in.Actor, Object: in.Object, Before: before, Limit: in.Limit})
	if err != nil {
		return nil, a.fail(ctx, "listing", err)
	}
	out := &auditOutput{CacheControl: noStore, Body: List[AuditRow]{Items: found.Items, Total: int(found.Total)}}
	if out.Body.Items == nil {
		out.Body.Items = []AuditRow{}
	}
	if n := len(found.Items); found.More && n > 0 {
		last := &found.Items[n-1]
		out.Body.Next = encodeCursor(fmt.Sprintf("%s %d %d", last.At.UTC().Format(time.RFC3339Nano), last.Partition, last.N))
	}
	return out, nil
}

func auditPlace(cursor string) (AuditPlace, error) {
	text, err := decodeCursor(cursor)
	if err != nil || text == "" {
		return AuditPlace{}, err
	}
	var p AuditPlace
	words := append(strings.Fields(text), "", "", "")
	if p.At, err = time.Parse(time.RFC3339Nano, words[0]); err == nil {
		if p.Partition, err = strconv.Atoi(words[1]); err == nil {
			p.N, err = strconv.ParseInt(words[2], 10, 64)
		}
	}
	if err != nil {
		return AuditPlace{}, fmt.Errorf("%w: cursor: not one that a list gave", ErrInvalid)
	}
	return p, nil
}

func (a *api) verifyAudit(ctx context.Context, in *verifyInput) (*verifyOutput, error) {
	noted, err := hex.DecodeString(in.ExpectHead)
	if err != nil {
		return nil, a.fail(ctx, "verifying", fmt.Errorf("%w: expect_head: %w", ErrInvalid, err)) // unreachable: the pattern
	}
	verdict, err := a.Audit.VerifyAudit(ctx, noted)
	if err != nil {
		return nil, a.fail(ctx, "verifying", err)
	}
	if verdict.Chains == nil {
		verdict.Chains = []AuditChain{}
	}
	return &verifyOutput{CacheControl: noStore, Body: verdict}, nil
}
