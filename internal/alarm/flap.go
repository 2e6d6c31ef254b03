package alarm

// The bounds of flapping, in percent, and how many states are looked at, as Icinga 2 has them.
const (
	flapStates = 20
	flapHigh   = 30.0
	flapLow    = 25.0
)

// flaps remembers of the last twenty evaluations whether each found another state than the one before
// it: the newest is bit 0.
type flaps uint32

func (f *flaps) push(changed bool) {
	*f = *f << 1 & (1<<flapStates - 1)
	if changed {
		*f |= 1
	}
}

// percent returns how often the state changed, where a change counts from 0.8, of the oldest
// evaluation, to 1.18, of the newest: Σ (0.8 + 0.02 × i) ÷ 20 over the changes, as in Icinga 2's
// Checkable::UpdateFlappingStatus.
func (f flaps) percent() float64 {
	sum := 0.0
	for i := range flapStates {
		if f>>i&1 == 1 {
			sum += 0.8 + 0.02*float64(flapStates-1-i)
		}
	}
	return 100 * sum / flapStates
}

// flap takes in one evaluation, and reports whether the point began or ceased to flap.
func (p *Point) flap(changed bool) bool {
	if p.Instant {
		return false
	}
	p.Flaps.push(changed)
	limit := flapHigh
	if p.Flapping {
		limit = flapLow
	}
	was := p.Flapping
	switch v := p.Flaps.percent(); {
	case !was && v > limit:
		p.Flapping = true
	case was && v < limit:
		p.Flapping = false
	}
	return p.Flapping != was
}
