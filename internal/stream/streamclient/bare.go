package streamclient

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// BareLoop is the least that a broadcast can be: it accepts connections and writes one prepared
// message to each of them in turn, from one goroutine, with no queue, no subscription and no
// deadline. It exists to measure the stream against, and is an http.Handler.
type BareLoop struct {
	upgrader websocket.Upgrader

	mu    sync.Mutex
	conns []*websocket.Conn
}

// NewBareLoop returns a BareLoop without connections.
func NewBareLoop() *BareLoop {
	return &BareLoop{upgrader: websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferSize: 512, Subprotocols: []string{protocol},
		CheckOrigin: func(*http.Request) bool { return true },
	}}
}

// ServeHTTP accepts a connection. What the client sends is never read.
func (b *BareLoop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := b.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.conns = append(b.conns, conn)
}

// Clients returns how many connections there are.
func (b *BareLoop) Clients() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.conns)
}

// Broadcast writes one text frame to every connection and returns when the last is written.
func (b *BareLoop) Broadcast(text []byte) error {
	message, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if err != nil {
		return fmt.Errorf("prepare a frame: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range b.conns {
		if err := conn.WritePreparedMessage(message); err != nil {
			return fmt.Errorf("broadcast: %w", err)
		}
	}
	return nil
}

// Close ends every connection.
func (b *BareLoop) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range b.conns {
		_ = conn.Close()
	}
	b.conns = nil
}
