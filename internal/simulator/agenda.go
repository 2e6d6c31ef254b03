package simulator

// task is what happens at an entry of the agenda.
type task uint8

const (
	taskHealth     task = iota // camera n tells its health and will again
	taskNote                   // camera n tells its health once more, since it changed
	taskLink                   // camera n's link is as it is by now: tell the broker
	taskFlow                   // detector n's window ended
	taskFlap                   // camera n's link comes or goes
	taskViolation              // camera n may have seen a violation
	taskFaultBegin             // fault class begins at camera or site n
	taskFaultEnd               // fault class is mended at camera or site n
	taskNatural                // something fails by itself
	taskStats                  // recorder n tells of its cameras and will again
	taskIncident               // something happens somewhere
	taskProgress               // incident n goes on or ends
	taskRainBegin
	taskRainEnd
)

// appointment is one entry of the agenda. Entries of the same time keep the order in which they
// were made, so that a run can be repeated.
type appointment struct {
	at    int64 // Unix nanoseconds
	order uint64
	n     int32
	task  task
	class Class
	site  bool // n counts sites and not cameras
}

func (a appointment) before(b appointment) bool {
	return a.at < b.at || a.at == b.at && a.order < b.order
}

// agenda is a binary heap of appointments, soonest first. It is written out because
// container/heap allocates for every entry, and there is one for every message.
type agenda struct {
	heap []appointment
	made uint64
}

func (g *agenda) add(a appointment) {
	g.made++
	a.order = g.made
	g.heap = append(g.heap, a)
	for i := len(g.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !g.heap[i].before(g.heap[parent]) {
			return
		}
		g.heap[i], g.heap[parent] = g.heap[parent], g.heap[i]
		i = parent
	}
}

// due takes the soonest appointment off the agenda if it is at or before until.
func (g *agenda) due(until int64) (appointment, bool) {
	if len(g.heap) == 0 || g.heap[0].at > until {
		return appointment{}, false
	}
	soonest, last := g.heap[0], len(g.heap)-1
	g.heap[0] = g.heap[last]
	g.heap = g.heap[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return soonest, true
		}
		if child+1 < last && g.heap[child+1].before(g.heap[child]) {
			child++
		}
		if !g.heap[child].before(g.heap[i]) {
			return soonest, true
		}
		g.heap[i], g.heap[child] = g.heap[child], g.heap[i]
		i = child
	}
}
