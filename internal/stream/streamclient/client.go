// Package streamclient is a small client of the stream, for tests and for benchmarks, and the bare
// broadcast loop that the stream is measured against.
package streamclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const protocol = "opscenter.v1"

// Options are what a Client may need besides an address. The zero value will do.
type Options struct {
	Origin     string                                                               // the Origin header; none if empty
	Host       string                                                               // the Host header, where it differs from the address
	Protocols  []string                                                             // offered subprotocols; nil for the right one
	Dial       func(ctx context.Context, network, address string) (net.Conn, error) // nil for a plain connection
	ReadBuffer int                                                                  // bytes; 0 for 4 KiB
}

// Client is one connection to the stream. One goroutine may read and another write.
type Client struct {
	conn    *websocket.Conn
	writing sync.Mutex
}

// Position is a place in the frames of a subscription, from which it can be resumed.
type Position struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

// Subscription is what to subscribe to.
type Subscription struct {
	ID       string    `json:"id"`
	Keys     []string  `json:"keys"`
	Location string    `json:"location,omitempty"`
	MaxRate  float64   `json:"max_rate,omitempty"` // frames/s
	Resume   *Position `json:"resume,omitempty"`
}

// Change is one entity's new value; the JSON null where it was removed.
type Change struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// Message is any frame from the server; which fields are filled depends on Op.
type Message struct {
	Op       string                     `json:"op"`
	ID       string                     `json:"id"`
	Epoch    string                     `json:"epoch"`
	Seq      uint64                     `json:"seq"`
	Missed   uint64                     `json:"missed"`
	Entities map[string]json.RawMessage `json:"entities"`
	Changes  []Change                   `json:"changes"`
	Time     time.Time                  `json:"time"`
	Ingest   string                     `json:"ingest"`
	DataAge  int64                      `json:"data_age_ms"`
	Seqs     map[string]uint64          `json:"seqs"`
	Code     string                     `json:"code"`
	Message  string                     `json:"message"`
	Key      string                     `json:"key"`
	Outcome  string                     `json:"outcome"`
}

// RefusedError is a handshake that the server refused.
type RefusedError struct {
	Status int
	Body   string
}

// Error says which status the server answered with, and what.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("stream refused: status %d: %s", e.Status, e.Body)
}

// Dial connects to a stream at a ws or wss address. A refusal is a *RefusedError.
func Dial(ctx context.Context, url string, o Options) (*Client, error) {
	dialer := websocket.Dialer{
		NetDialContext: o.Dial, Subprotocols: o.Protocols, HandshakeTimeout: 30 * time.Second,
		ReadBufferSize: o.ReadBuffer, WriteBufferSize: 512,
	}
	if o.Protocols == nil {
		dialer.Subprotocols = []string{protocol}
	}
	header := make(http.Header)
	if o.Origin != "" {
		header.Set("Origin", o.Origin)
	}
	if o.Host != "" {
		header.Set("Host", o.Host)
	}
	conn, response, err := dialer.DialContext(ctx, url, header)
	if response != nil {
		defer func() { _ = response.Body.Close() }()
	}
	if errors.Is(err, websocket.ErrBadHandshake) && response != nil {
		body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
		return nil, &RefusedError{Status: response.StatusCode, Body: string(body)}
	}
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", url, err)
	}
	return &Client{conn: conn}, nil
}

// Subscribe asks for a subscription; the answer comes with Next.
func (c *Client) Subscribe(s Subscription) error {
	return c.Send(struct {
		Op string `json:"op"`
		Subscription
	}{"subscribe", s})
}

// Unsubscribe ends a subscription; the answer comes with Next.
func (c *Client) Unsubscribe(id string) error {
	return c.Send(map[string]string{"op": "unsubscribe", "id": id})
}

// Report tells the server that a wall is alive.
func (c *Client) Report(screen, build string, seqs map[string]uint64, clockOffsetMS float64) error {
	return c.Send(map[string]any{
		"op": "report", "screen": screen, "build": build, "seqs": seqs, "clock_offset_ms": clockOffsetMS,
	})
}

// Send sends any value as a JSON frame.
func (c *Client) Send(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a frame: %w", err)
	}
	return c.SendText(data)
}

// SendText sends a text frame as it is.
func (c *Client) SendText(data []byte) error { return c.send(websocket.TextMessage, data) }

// SendBinary sends a binary frame, which the stream does not know.
func (c *Client) SendBinary(data []byte) error { return c.send(websocket.BinaryMessage, data) }

func (c *Client) send(kind int, data []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.conn.WriteMessage(kind, data); err != nil {
		return fmt.Errorf("send a frame: %w", err)
	}
	return nil
}

// Next waits for the next frame. When the server has closed the connection the error is one for
// which Closed returns the code.
func (c *Client) Next() (Message, error) {
	_, data, err := c.conn.ReadMessage()
	if err != nil {
		return Message{}, fmt.Errorf("read a frame: %w", err)
	}
	var m Message
	if err := json.Unmarshal(data, &m); err != nil {
		return Message{}, fmt.Errorf("decode a frame: %w", err)
	}
	return m, nil
}

// Skip waits for the next frame and throws it away. It returns the frame's size in bytes.
func (c *Client) Skip() (int64, error) {
	_, r, err := c.conn.NextReader()
	if err != nil {
		return 0, fmt.Errorf("read a frame: %w", err)
	}
	n, err := io.Copy(io.Discard, r)
	if err != nil {
		return n, fmt.Errorf("read a frame: %w", err)
	}
	return n, nil
}

// Closed returns the code and the reason with which the server closed the connection, or 0.
func Closed(err error) (code int, reason string) {
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		return closed.Code, closed.Text
	}
	return 0, ""
}

// IgnorePings stops answering the server's pings, as a dead wall does.
func (c *Client) IgnorePings() { c.conn.SetPingHandler(func(string) error { return nil }) }

// SetReadDeadline sets when Next gives up.
func (c *Client) SetReadDeadline(t time.Time) error { return c.conn.SetReadDeadline(t) }

// Close takes leave and ends the connection.
func (c *Client) Close() error {
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
	return c.conn.Close()
}

// Abort ends the connection without taking leave.
func (c *Client) Abort() error { return c.conn.NetConn().Close() }
