package broker

import (
	"fmt"
	"log/slog"
	"sync"
)

// bridge hands the nats-server's log to slog and keeps its last fatal message, which is all that it
// says when it cannot start.
type bridge struct {
	log *slog.Logger

	mu    sync.Mutex
	fatal error
}

func (b *bridge) lastFatal() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fatal
}

// Noticef logs the server's chatter at debug level: addresses, versions, recovered streams.
func (b *bridge) Noticef(format string, v ...any) {
	b.log.Debug("broker: nats-server", "message", fmt.Sprintf(format, v...))
}

// Warnf logs a warning.
func (b *bridge) Warnf(format string, v ...any) {
	b.log.Warn("broker: nats-server", "message", fmt.Sprintf(format, v...))
}

// Errorf logs an error.
func (b *bridge) Errorf(format string, v ...any) {
	b.log.Error("broker: nats-server", "message", fmt.Sprintf(format, v...))
}

// Fatalf keeps the message for Start to return.
func (b *bridge) Fatalf(format string, v ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fatal = fmt.Errorf(format, v...)
}

// Debugf drops the message: debugging is never switched on in the server.
func (b *bridge) Debugf(string, ...any) {}

// Tracef drops the message: tracing is never switched on in the server.
func (b *bridge) Tracef(string, ...any) {}
