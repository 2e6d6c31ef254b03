package mqtt

import (
	"context"
	"fmt"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// standbyEvery is how often a dropped Publisher looks whether it may come back.
const standbyEvery = 20 * time.Millisecond

// run keeps a connection until ctx ends.
func (p *Publisher) run(ctx context.Context) {
	var landing sync.WaitGroup
	landing.Go(p.land)
	defer func() {
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		p.sending.Wait()
		close(p.flying)
		landing.Wait()
		close(p.done)
	}()
	retry := backoff{first: p.config.Backoff, most: p.config.MaxBackoff}
	for {
		began := p.connects.Load()
		if err := p.connection(ctx); err != nil && ctx.Err() == nil {
			p.log.Debug("mqtt: publisher is not connected", "client", p.config.ClientID, "error", err)
		}
		if p.connects.Load() != began {
			retry.failures = 0
		}
		if retry.pause(ctx) != nil || p.awaitResume(ctx) != nil {
			return
		}
	}
}

// connection lives one connection through.
func (p *Publisher) connection(ctx context.Context) error {
	l, err := open(ctx, p.config.endpoint(), func(o *paho.ClientOptions) {
		o.SetCleanSession(true) // fails what is in flight when the connection is lost
		if w := p.config.Will; w != nil {
			o.SetBinaryWill(w.Topic, w.Payload, w.QoS, w.Retained)
		}
	})
	if err != nil {
		return err
	}
	defer l.close()
	p.connects.Add(1)
	if p.config.OnConnect != nil {
		p.config.OnConnect(func(m Outgoing) { l.paho.Publish(m.Topic, m.QoS, m.Retained, m.Payload) })
	}
	p.use(l)
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.unuse()
	}()
	select {
	case err := <-l.lost:
		return fmt.Errorf("mqtt: %w: %w", errLost, err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// use makes l the link to publish on.
func (p *Publisher) use(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.link = l
	close(p.ready)
}

// unuse leaves nothing to publish on, and returns what there was. The caller holds the lock.
func (p *Publisher) unuse() *link {
	l := p.link
	if l != nil {
		p.link, p.ready = nil, make(chan struct{})
	}
	return l
}

func (p *Publisher) awaitResume(ctx context.Context) error {
	ticker := time.NewTicker(standbyEvery)
	defer ticker.Stop()
	for {
		p.mu.Lock()
		standby := p.standby
		p.mu.Unlock()
		if !standby {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// land waits for acknowledgements, in the order of publishing, and frees their slots.
func (p *Publisher) land() {
	for f := range p.flying {
		err := f.outcome()
		if err == nil {
			p.acked.Add(1)
		} else {
			p.failed.Add(1)
		}
		if f.done != nil {
			f.done(err)
		}
		<-p.slots
	}
}

// outcome waits for the broker's acknowledgement, or for the end of the connection.
func (f flight) outcome() error {
	select {
	case <-f.token.Done():
		return f.token.Error()
	default:
	}
	select {
	case <-f.token.Done():
		return f.token.Error()
	case <-f.link.gone:
		return fmt.Errorf("mqtt: %w", errLost)
	}
}
