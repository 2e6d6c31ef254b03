package streamclient

import (
	"encoding/json"
	"fmt"
	"maps"
)

// Picture is one subscription's picture, kept up to date by its frames. It is not safe for use from
// several goroutines.
type Picture struct {
	Position
	Entities map[string]json.RawMessage
}

// Apply takes a frame in. A gap in the sequence is an error, after which one subscribes again.
func (p *Picture) Apply(m Message) error {
	switch m.Op {
	case "snapshot":
		p.Entities = maps.Clone(m.Entities)
		if p.Entities == nil {
			p.Entities = make(map[string]json.RawMessage)
		}
		p.Position = Position{Epoch: m.Epoch, Seq: m.Seq}
	case "resumed":
		if m.Epoch != p.Epoch || m.Seq != p.Seq+m.Missed {
			return fmt.Errorf("resumed at %s %d after %d frames, but stood at %s %d", m.Epoch, m.Seq, m.Missed, p.Epoch, p.Seq)
		}
		p.change(m.Changes)
		p.Seq = m.Seq
	case "changes":
		if m.Seq != p.Seq+1 {
			return fmt.Errorf("frame %d follows frame %d", m.Seq, p.Seq)
		}
		p.change(m.Changes)
		p.Seq = m.Seq
	}
	return nil
}

func (p *Picture) change(changes []Change) {
	for _, c := range changes {
		if len(c.Value) == 0 || string(c.Value) == "null" {
			delete(p.Entities, c.Key)
			continue
		}
		p.Entities[c.Key] = c.Value
	}
}
