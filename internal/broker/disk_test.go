//go:build linux

package broker_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"opscenter/internal/broker"
	"opscenter/internal/city"
	"opscenter/internal/eventlog"
	"opscenter/internal/mqtt"
)

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// smallDisk returns a file system of its own of some megabytes.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("a disk to fill up needs the right to mount one: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all the space that is left, and returns what gives it back.
func fill(t *testing.T, dir string) (release func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFullDiskAcknowledgesNothingAndResumesByItself(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t)
	b := start(t, broker.Config{StoreDir: filepath.Join(disk, "store"), CheckEvery: 20 * time.Millisecond})
	log, err := eventlog.Open(t.Context(), eventlog.Config{Conn: b, Health: b.Err})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	addr := b.MQTTAddr()
	c := center(t, b, "city/#")
	p := device(t, b, mqtt.PublisherConfig{ClientID: "device"})
	publish(t, p, mqtt.Outgoing{Topic: "city/flow", Payload: []byte("before")})
	receive(t, c).Ack()
	appendMark(t, log, 1)

	release := fill(t, disk)
	kept, full := 1, false // batches whose append succeeded
	for range 200 {        // what is written must exceed the pages that are already there
		err := log.Append(t.Context(), entries())
		if full = errors.Is(err, eventlog.ErrFull); full {
			break
		}
		if err == nil {
			kept++
		}
	}
	if !full {
		t.Fatal("appending to a full disk never said that it is full")
	}
	acked := make(chan error, 1)
	if err := p.Publish(t.Context(), mqtt.Outgoing{Topic: "city/flow", QoS: 1, Payload: make([]byte, 1<<16)}, func(err error) { acked <- err }); err != nil {
		t.Fatal(err)
	}
	eventually(t, "failed at the message too", func() bool {
		return strings.Contains(fmt.Sprint(b.Err()), "$MQTT_msgs' write error")
	})
	release()
	eventually(t, "well again", func() bool { return b.Err() == nil })
	if got := b.MQTTAddr(); got != addr {
		t.Errorf("listens on %s, no longer on %s", got, addr)
	}
	eventually(t, "appending", func() bool { return log.Mark(t.Context(), time.Unix(2, 0), false) == nil })
	if err := <-acked; err == nil {
		t.Error("a message was acknowledged that the disk had no room for")
	}
	if got := readBack(t, log); got < kept {
		t.Errorf("%d batches can be read, %d were appended", got, kept)
	}
	eventually(t, "subscribed again", func() bool { return c.Status().Subscribed })
	publish(t, device(t, b, mqtt.PublisherConfig{ClientID: "second"}), mqtt.Outgoing{Topic: "city/flow", Payload: []byte("after")})
	for {
		m := receive(t, c)
		m.Ack()
		if string(m.Payload) == "after" {
			return
		}
	}
}

func appendMark(t *testing.T, log *eventlog.Log, second int64) {
	t.Helper()
	if err := log.Mark(t.Context(), time.Unix(second, 0), false); err != nil {
		t.Fatal(err)
	}
}

// readBack counts the batches up to the mark of second 2.
func readBack(t *testing.T, log *eventlog.Log) int {
	t.Helper()
	end, n := errors.New("end"), 0
	err := log.Read(t.Context(), 0, 0, func(b eventlog.Batch) error {
		if b.Entries[0].Observation == nil && b.Entries[0].At.Unix() == 2 {
			return end
		}
		n++
		return nil
	})
	if !errors.Is(err, end) {
		t.Fatal(err)
	}
	return n
}

func entries() []city.Entry {
	all := make([]city.Entry, 256)
	for i := range all {
		all[i] = city.Entry{At: time.Unix(1, 0), Observation: &city.Observation{Location: "loc-001", Digest: uint64(i)}}
	}
	return all
}
