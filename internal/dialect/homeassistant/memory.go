package homeassistant

// maxTopics bounds how many topics are remembered. Of those beyond it, it is not known whose they are
// when they are taken back; the device stays discovered until somebody adopts or dismisses it.
const maxTopics = 1 << 16

// memory knows which device each discovery topic speaks of. It follows from the messages alone:
// discovery is retained, so a broker tells all of it again to whoever subscribes.
type memory struct {
	topics map[string]topic
	live   map[string]int // topics that speak of a device now, by identity
}

type topic struct {
	identity string
	live     bool
}

func newMemory() *memory {
	return &memory{topics: make(map[string]topic), live: make(map[string]int)}
}

// announce notes that a topic speaks of a device.
func (m *memory) announce(name, identity string) {
	was, known := m.topics[name]
	if known && was.live && was.identity == identity {
		return
	}
	if !known && len(m.topics) >= maxTopics {
		return
	}
	m.release(was)
	m.topics[name] = topic{identity, true}
	m.live[identity]++
}

// withdraw notes that a topic was taken back. It returns whose it was, and whether no topic speaks of
// that device any more; to be told so twice changes nothing.
func (m *memory) withdraw(name string) (identity string, gone bool) {
	was, known := m.topics[name]
	if !known {
		return "", false
	}
	m.release(was)
	m.topics[name] = topic{was.identity, false}
	return was.identity, m.live[was.identity] == 0
}

func (m *memory) release(t topic) {
	if !t.live {
		return
	}
	if m.live[t.identity]--; m.live[t.identity] == 0 {
		delete(m.live, t.identity)
	}
}
