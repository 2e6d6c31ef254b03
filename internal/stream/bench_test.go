package stream_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"opscenter/internal/stream"
	"opscenter/internal/stream/streamclient"
)

// audience is many clients on loopback connections that do nothing but count frames.
type audience struct {
	clients []*streamclient.Client
	frames  chan int // how many clients have read a frame
	reading sync.WaitGroup
}

func (r *rig) audience(n int, subscribe bool) *audience {
	r.t.Helper()
	a := &audience{frames: make(chan int, n)}
	for range n {
		c, err := r.tryConnect(streamclient.Options{ReadBuffer: 4096})
		if err != nil {
			r.t.Fatal(err)
		}
		a.clients = append(a.clients, c)
		if subscribe {
			r.subscribe(c, streamclient.Subscription{ID: "w1", Keys: []string{"*"}})
		}
	}
	for _, c := range a.clients {
		a.reading.Go(func() {
			for {
				if _, err := c.Skip(); err != nil {
					return
				}
				a.frames <- 1
			}
		})
	}
	return a
}

func (a *audience) wait() {
	for range a.clients {
		<-a.frames
	}
}

func (a *audience) close() {
	for _, c := range a.clients {
		_ = c.Abort()
	}
	a.reading.Wait()
}

// BenchmarkBroadcast sends a frame of ten changed devices, about 6 KiB, to 1,000 clients on loopback
// connections, and waits until all have read it. The bare loop is what gorilla/websocket does at
// best; the stream adds queues, deadlines, sequences and the making of the frame.
func BenchmarkBroadcast(b *testing.B) {
	const clients = 1000
	value := `{"readings":"` + strings.Repeat("x", 560) + `","n":%d}`
	b.Run("bare", func(b *testing.B) {
		r := &rig{t: b}
		loop := streamclient.NewBareLoop()
		r.listenTCP(loop)
		a := r.audience(clients, false)
		for loop.Clients() < clients {
			runtime.Gosched() // a handshake is answered before it is counted
		}
		var frame strings.Builder
		frame.WriteString(`{"op":"changes","id":"w1","seq":1,"changes":[`)
		for i := range 10 {
			fmt.Fprintf(&frame, `{"key":"device/cam-%d","value":`+value+`},`, i, i)
		}
		for b.Loop() {
			if err := loop.Broadcast([]byte(frame.String())); err != nil {
				b.Fatal(err)
			}
			a.wait()
		}
		b.ReportMetric(float64(b.N)*clients/b.Elapsed().Seconds(), "frames/s")
		a.close()
		loop.Close()
		r.stop()
	})
	b.Run("stream", func(b *testing.B) {
		r := &rig{t: b, city: newFakeCity(), counter: newCounter()}
		r.hub = stream.New(stream.Config{Interval: time.Nanosecond, Heartbeat: time.Hour, Metrics: r.counter}, r.city)
		r.listenTCP(r.hub)
		a := r.audience(clients, true)
		n := 0
		for b.Loop() {
			n++
			changed := make(map[string]string, 10)
			for i := range 10 {
				changed[fmt.Sprintf("device/cam-%d@loc-1", i)] = fmt.Sprintf(value, n)
			}
			r.city.setAll(changed)
			a.wait()
		}
		b.ReportMetric(float64(b.N)*clients/b.Elapsed().Seconds(), "frames/s")
		a.close()
		r.stop()
	})
}

// An idle client costs the server less than 40 KiB: a wall is cheap, and a thousand are too.
//
//nolint:paralleltest // it measures the memory of the whole process
func TestAnIdleClientCostsLittle(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has costs of its own")
	}
	r := &rig{t: t, city: newFakeCity(), counter: newCounter()}
	r.hub = stream.New(stream.Config{Metrics: r.counter}, r.city)
	r.listenTCP(r.hub)
	t.Cleanup(r.stop)
	for i := range 100 {
		r.city.set(fmt.Sprintf("device/cam-%d@loc-1", i), `{"n":1}`)
	}
	const clients = 400
	before := memory()
	for range clients {
		conn := r.bareHandshake()
		t.Cleanup(func() { _ = conn.Close() })
	}
	for r.hub.Stats().Subscriptions < clients {
		runtime.Gosched()
	}
	each := (memory() - before) / clients
	t.Logf("%d bytes of heap and stack for each of %d clients, its own end of the connection included", each, clients)
	if each > 40<<10 {
		t.Errorf("an idle client costs %d bytes", each)
	}
}

// memory is what the heap and the stacks hold after a collection, in bytes.
func memory() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// bareHandshake connects and subscribes with hardly any memory on the client's side.
func (r *rig) bareHandshake() net.Conn {
	r.t.Helper()
	conn, err := r.dial(context.Background(), "", "")
	if err != nil {
		r.t.Fatal(err)
	}
	subscribe := `{"op":"subscribe","id":"w1","keys":["*"]}`
	frame := append([]byte{0x81, byte(0x80 | len(subscribe)), 0, 0, 0, 0}, subscribe...) // masked with zeros
	if _, err := fmt.Fprint(conn, "GET /api/v1/stream HTTP/1.1\r\nHost: wall.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: opscenter.v1\r\n\r\n"); err != nil {
		r.t.Fatal(err)
	}
	answer := make([]byte, 12)
	if _, err := conn.Read(answer); err != nil || string(answer[9:]) != fmt.Sprint(http.StatusSwitchingProtocols) {
		r.t.Fatalf("answered %q, %v", answer, err)
	}
	if _, err := conn.Write(frame); err != nil {
		r.t.Fatal(err)
	}
	return conn
}
