package simulator

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"opscenter/internal/city"
)

// LoadConfig says how much load which devices make.
type LoadConfig struct {
	Root    string // of the topics; empty: ioc/v1
	Start   time.Time
	Zone    *time.Location // of the times in payloads; nil: UTC+7
	Devices []city.Device
	Rate    float64 // messages per second of all devices together
}

// Load is a stream of health messages of about a hundred bytes at an even rate, from every device
// in turn. All of them are well. Each message differs from all others by its time and seq. It is
// not safe for concurrent use.
type Load struct {
	start  time.Time
	offset time.Duration // of the zone, east of UTC
	suffix string        // of the times, +07:00
	rate   float64
	topics []string
	sent   int64

	second int64  // Unix second that prefix is made for
	prefix []byte // {"ts":"2026-11-23T08:00:00.
	out    []Publication
	arena  []byte
}

// burst is the most that a Load returns at once, so that one that cannot keep up does not fill the
// memory.
const burst = 16 << 10

// NewLoad makes a load. It fails if there is no device or if the rate is no positive number.
func NewLoad(c LoadConfig) (*Load, error) {
	if len(c.Devices) == 0 {
		return nil, errors.New("load: there is no device")
	}
	if !(c.Rate > 0) || math.IsInf(c.Rate, 0) {
		return nil, fmt.Errorf("load: rate %v is no positive number of messages per second", c.Rate)
	}
	if c.Zone == nil {
		c.Zone = time.FixedZone("+07", 7*60*60)
	}
	if c.Root == "" {
		c.Root = "ioc/v1"
	}
	local := c.Start.In(c.Zone)
	_, east := local.Zone()
	l := &Load{
		start: c.Start, rate: c.Rate, offset: time.Duration(east) * time.Second, suffix: local.Format("Z07:00"),
		topics: make([]string, len(c.Devices)), second: math.MinInt64,
	}
	for i := range c.Devices {
		d := &c.Devices[i]
		l.topics[i] = c.Root + "/" + d.Subsystem + "/" + d.Location + "/" + d.ID + "/" + KindHealth
	}
	return l, nil
}

// Step implements Source. It returns at most 16,384 messages; those that are still due come with
// the next Step.
func (l *Load) Step(now time.Time) []Publication {
	l.out = l.out[:0]
	due := int64(float64(now.Sub(l.start))*l.rate/float64(time.Second) + 1e-6) // not 19.999… for 20
	for ; l.sent < due && len(l.out) < burst; l.sent++ {
		at := l.start.Add(time.Duration(float64(l.sent) / l.rate * float64(time.Second)))
		l.out = append(l.out, Publication{
			At: at, Kind: KindHealth, Topic: l.topics[l.sent%int64(len(l.topics))], Payload: l.payload(at),
		})
	}
	return l.out
}

func (l *Load) payload(at time.Time) []byte {
	const room, chunk = 256, 64 << 10
	if cap(l.arena)-len(l.arena) < room {
		l.arena = make([]byte, 0, chunk)
	}
	if at.Unix() != l.second {
		l.second = at.Unix()
		l.prefix = append(l.prefix[:0], `{"ts":"`...)
		l.prefix = at.UTC().Add(l.offset).AppendFormat(l.prefix, "2006-01-02T15:04:05.")
	}
	mark, b := len(l.arena), l.arena
	b = append(b, l.prefix...)
	ms := at.Nanosecond() / int(time.Millisecond)
	b = append(b, "0123456789"[ms/100], "0123456789"[ms/10%10], "0123456789"[ms%10])
	b = append(b, l.suffix...)
	b = append(b, `","seq":`...)
	b = strconv.AppendInt(b, l.start.UnixMilli()+l.sent, 10)
	b = append(b, `,"stream":"ok","fps":2`...)
	b = append(b, "45"[l.sent%2], '.', "0123456789"[l.sent%10])
	b = append(b, `,"recording":true}`...)
	l.arena = b
	return b[mark:len(b):len(b)]
}
