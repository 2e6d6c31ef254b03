package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"opscenter/internal/store/sqlcgen"
)

func storeDispatched(ctx context.Context, q *sqlcgen.Queries, now time.Time, d *Dispatch, decided *Dispatched) error {
	if len(decided.Routes) != len(d.Rows) {
		return errors.New("the decision is not about the rows")
	}
	if err := storeGroups(ctx, q, decided.Groups); err != nil {
		return err
	}
	if err := storeMembers(ctx, q, decided.Members, decided.Gone); err != nil {
		return err
	}
	if err := insertDeliveries(ctx, q, decided.Deliveries); err != nil {
		return err
	}
	routed := sqlcgen.MarkRoutedParams{RoutedAt: dated(now)}
	for i := range d.Rows {
		routed.IDs = append(routed.IDs, d.Rows[i].ID)
		routed.Routes = append(routed.Routes, int32(decided.Routes[i])) //nolint:gosec // routes are few
	}
	if len(routed.IDs) == 0 {
		return nil
	}
	return q.MarkRouted(ctx, routed)
}

func storeGroups(ctx context.Context, q *sqlcgen.Queries, groups []NotifyGroup) error {
	if len(groups) == 0 {
		return nil
	}
	var p sqlcgen.UpsertNotifyGroupsParams
	for i := range groups {
		g := &groups[i]
		p.IDs = append(p.IDs, g.ID)
		p.Routes = append(p.Routes, g.Route)
		p.Labels = append(p.Labels, g.Label)
		p.DueAts = append(p.DueAts, dated(g.DueAt))
		p.FlushedAts = append(p.FlushedAts, dated(g.FlushedAt))
		p.Rounds = append(p.Rounds, int32(g.Rounds)) //nolint:gosec // they grow by one a minute at most
	}
	return q.UpsertNotifyGroups(ctx, p)
}

func storeMembers(ctx context.Context, q *sqlcgen.Queries, changed, gone []NotifyMember) error {
	if len(gone) > 0 {
		var p sqlcgen.DeleteNotifyMembersParams
		for i := range gone {
			p.Groups = append(p.Groups, gone[i].Group)
			p.Alarms = append(p.Alarms, gone[i].Alarm.ID)
		}
		if err := q.DeleteNotifyMembers(ctx, p); err != nil {
			return err
		}
	}
	if len(changed) == 0 {
		return nil
	}
	var p sqlcgen.UpsertNotifyMembersParams
	for i := range changed {
		m := &changed[i]
		document, err := alarmDocument(&m.Alarm)
		if err != nil {
			return err
		}
		p.Groups = append(p.Groups, m.Group)
		p.Alarms = append(p.Alarms, m.Alarm.ID)
		p.Ns = append(p.Ns, int32(m.N)) //nolint:gosec // transitions of one alarm are few
		p.Documents = append(p.Documents, document)
		p.Pendings = append(p.Pendings, m.Pending)
		p.PendingAts = append(p.PendingAts, dated(m.PendingAt))
		p.Channels = append(p.Channels, nameList(m.Channels))
		p.Tolds = append(p.Tolds, nameList(m.Told))
		p.RepeatAts = append(p.RepeatAts, dated(m.RepeatAt))
	}
	return q.UpsertNotifyMembers(ctx, p)
}

// nameList is names of channels as a JSON array.
func nameList(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(names) //nolint:errchkjson // strings cannot fail
	return string(text)
}
