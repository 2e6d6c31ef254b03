package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// errOver says that a replay is over before it could do what it was asked to.
var errOver = errors.New("the replay is over")

// ask lets Run do something between two moves.
func (p *Player) ask(do func(ctx context.Context) error) error {
	done := make(chan error, 1)
	select {
	case p.commands <- command{do, done}:
		return <-done
	case <-p.done:
		return errOver
	}
}

// Pause stops the clock.
func (p *Player) Pause() error {
	return p.ask(func(context.Context) error {
		p.set(func() { p.paused = true })
		return nil
	})
}

// Play lets the clock go on, at a speed of Slowest to Fastest; 0 is the one before. At the end it stays.
func (p *Player) Play(speed float64) error {
	if speed != 0 {
		if err := checkSpeed(speed); err != nil {
			return err
		}
	}
	return p.ask(func(ctx context.Context) error {
		if p.paused && p.tape.onTail() { // what comes next may have gone from the log into the archive
			if err := p.seek(ctx, p.Now()); err != nil {
				return err
			}
		}
		p.set(func() {
			p.paused = false
			if speed != 0 {
				p.speed = speed
			}
		})
		return nil
	})
}

// Seek goes to another time, at most the end. An error leaves the replay where it is.
func (p *Player) Seek(at time.Time) error {
	if at.After(p.to) {
		return fmt.Errorf("at: the replay ends at %s", p.to.Format(time.RFC3339))
	}
	return p.ask(func(ctx context.Context) error { return p.seek(ctx, at) })
}

func (p *Player) seek(ctx context.Context, at time.Time) error {
	t, err := p.past.open(ctx, at)
	if err != nil {
		return err
	}
	p.replace(t)
	p.set(func() { p.at = at })
	return nil
}

// Ops are the operations that clients of the stream may ask for; see stream.Config.
func (p *Player) Ops() map[string]func(frame []byte) error {
	return map[string]func([]byte) error{
		"pause": func([]byte) error { return p.Pause() },
		"play": func(frame []byte) error {
			var r struct {
				Speed *float64 `json:"speed"`
			}
			if err := json.Unmarshal(frame, &r); err != nil {
				return errors.New("speed: not a number")
			}
			if r.Speed == nil {
				return p.Play(0)
			}
			if err := checkSpeed(*r.Speed); err != nil {
				return err
			}
			return p.Play(*r.Speed)
		},
		"seek": func(frame []byte) error {
			var r struct {
				At string `json:"at"`
			}
			if err := json.Unmarshal(frame, &r); err != nil {
				return errors.New("at: not a text")
			}
			at, err := p.moment(r.At)
			if err != nil {
				return err
			}
			return p.Seek(at)
		},
	}
}

// moment reads RFC 3339, or the time of the city's clocks.
func (p *Player) moment(text string) (time.Time, error) {
	zone := p.past.config.Board.Zone
	if zone == nil {
		zone = time.UTC
	}
	if at, err := time.ParseInLocation("2006-01-02T15:04:05", text, zone); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("at: %.40q is not a time in RFC 3339", text)
	}
	return at.In(zone), nil
}
