package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"opscenter/internal/city"
	"opscenter/internal/store/sqlcgen"
)

// AuditRow is one row of the audit: who did what when and why, and what became of it.
type AuditRow struct {
	Partition int   // of the log; each has a chain of its own
	N         int64 // from 1, without a gap
	At        time.Time
	Actor     string
	Verb      string
	Object    string // alarm/<id> or maintenance/<id>
	Why       string
	Action    string // the client's key
	Outcome   string
	Document  []byte // the whole action in JSON
	Prev      []byte // the hash of the row before; 32 zero bytes in the first
	Hash      []byte
}

// auditVersion begins what is hashed, so that it can be told from any other way of writing a row down.
const auditVersion = "opscenter audit 1\n"

// auditHash is the hash of a row: SHA-256 over the text auditVersion and then these fields, each as its
// length in bytes, 8 bytes big-endian, and its bytes:
//
//	partition, n, at, actor, verb, object, why, action, outcome, document, prev
//
// Numbers are 8 bytes, big-endian, in two's complement; at is a number, of microseconds since
// 1970-01-01T00:00:00Z; texts are UTF-8, as they are stored; document and prev are as they are. Since
// every field says how long it is, no two different rows are hashed from the same bytes.
func auditHash(r *AuditRow) []byte {
	data := []byte(auditVersion)
	field := func(value []byte) {
		data = binary.BigEndian.AppendUint64(data, uint64(len(value)))
		data = append(data, value...)
	}
	number := func(v int64) { field(binary.BigEndian.AppendUint64(nil, uint64(v))) } //nolint:gosec // the same bits
	number(int64(r.Partition))
	number(r.N)
	number(r.At.UnixMicro())
	for _, text := range []string{r.Actor, r.Verb, r.Object, r.Why, r.Action, r.Outcome} {
		field([]byte(text))
	}
	field(r.Document)
	field(r.Prev)
	hash := sha256.Sum256(data)
	return hash[:]
}

// storeActions goes on with the audit's chain of a partition. The caller holds the partition's row
// lock, so nobody else does so at the same time. What did nothing leaves no row.
func storeActions(ctx context.Context, q *sqlcgen.Queries, partition int, actions []Action) error {
	if len(actions) == 0 {
		return nil
	}
	if err := storeWindows(ctx, q, actions); err != nil {
		return err
	}
	p := int32(partition) //nolint:gosec // partitions are few
	head, err := q.AuditHead(ctx, p)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("audit: %w", err)
	}
	if head.Hash == nil {
		head.Hash = make([]byte, sha256.Size)
	}
	params := sqlcgen.InsertAuditParams{Partition: p}
	for i := range actions {
		if a := &actions[i]; a.Outcome == city.Done || a.Outcome == city.Refused {
			row, err := auditRow(a, partition, head)
			if err != nil {
				return fmt.Errorf("audit: action %q: %w", a.Key, err)
			}
			addAudit(&params, &row)
			head.N, head.Hash = row.N, row.Hash
		}
	}
	if len(params.Ns) == 0 {
		return nil
	}
	if err := q.InsertAudit(ctx, params); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

func auditRow(a *Action, partition int, head sqlcgen.AuditHeadRow) (AuditRow, error) {
	document, err := json.Marshal(documentOf(a))
	if err != nil {
		return AuditRow{}, err
	}
	row := AuditRow{
		Partition: partition, N: head.N + 1, At: dated(a.At), Actor: clean(a.Actor), Verb: clean(string(a.Verb)),
		Object: clean(objectOf(a)), Why: clean(a.Reason), Action: clean(a.Key), Outcome: clean(string(a.Outcome)),
		Document: document, Prev: head.Hash,
	}
	row.Hash = auditHash(&row)
	return row, nil
}

// objectOf names what an action is about.
func objectOf(a *Action) string {
	switch {
	case a.Window != nil:
		return "maintenance/" + a.Window.ID
	case a.WindowID != "":
		return "maintenance/" + a.WindowID
	}
	return "alarm/" + a.Alarm
}

// auditDocument is an action as the audit keeps it. Its fields are never renamed: old rows stay.
type auditDocument struct {
	Key      string       `json:"key"`
	Verb     city.Verb    `json:"verb"`
	Actor    string       `json:"actor"`
	Reason   string       `json:"reason,omitempty"`
	Alarm    string       `json:"alarm,omitempty"`
	Assignee string       `json:"assignee,omitempty"`
	Until    time.Time    `json:"until,omitzero"`
	Window   *city.Window `json:"window,omitempty"`
	WindowID string       `json:"window_id,omitempty"`
}

func documentOf(a *Action) auditDocument {
	d := auditDocument{
		Key: a.Key, Verb: a.Verb, Actor: a.Actor, Reason: a.Reason, Alarm: a.Alarm, Assignee: a.Assignee, WindowID: a.WindowID,
		Until: dated(a.Until),
	}
	if a.Window != nil {
		w := cleanWindow(*a.Window)
		d.Window = &w
	}
	return d
}

func addAudit(p *sqlcgen.InsertAuditParams, r *AuditRow) {
	p.Ns = append(p.Ns, r.N)
	p.Ats = append(p.Ats, r.At)
	p.Actors = append(p.Actors, r.Actor)
	p.Verbs = append(p.Verbs, r.Verb)
	p.Objects = append(p.Objects, r.Object)
	p.Whys = append(p.Whys, r.Why)
	p.Actions = append(p.Actions, r.Action)
	p.Outcomes = append(p.Outcomes, r.Outcome)
	p.Documents = append(p.Documents, r.Document)
	p.Prevs = append(p.Prevs, r.Prev)
	p.Hashes = append(p.Hashes, r.Hash)
}
