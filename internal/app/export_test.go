package app

import (
	"context"
	"log/slog"
	"time"

	"opscenter/internal/city"
	"opscenter/internal/httpapi"
)

// CheckAction is checkAction, for its table of what is refused.
var CheckAction = checkAction //nolint:gochecknoglobals // a function

// AlarmBoard and AlarmMemory are what a desk asks.
type (
	AlarmBoard  = alarmBoard
	AlarmMemory = alarmMemory
)

// DeskParts are a desk's surroundings, which a test makes fail on command.
type DeskParts struct {
	Board  AlarmBoard
	Memory AlarmMemory
	Append func(ctx context.Context, entries []city.Entry) error
	Ready  func() bool
}

// NewDesk returns a desk of parts, and its way over the stream.
func NewDesk(p DeskParts) (httpapi.Desk, func(context.Context, city.Action) (city.Outcome, error)) {
	log := slog.New(slog.DiscardHandler)
	d := &desk{zone: time.UTC, deed: deed{board: p.Board, memory: p.Memory, append: p.Append, ready: p.Ready, now: time.Now, log: log}}
	return d, (&App{log: log}).actOverStream(d)
}
