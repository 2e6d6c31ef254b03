package live

// rateSeconds is how many whole seconds the rate of observations is averaged over.
const rateSeconds = 10

// rate counts observations by the second in which they came.
type rate struct {
	second int64 // the current one, since 1970
	count  uint32
	past   [rateSeconds]uint32 // by second modulo their number
	sum    uint32              // of past
}

// advance moves on to the second of now, and reports whether the average changed.
func (r *rate) advance(now micros) bool {
	second := int64(now) / 1_000_000
	if second <= r.second {
		return false
	}
	before := r.sum
	if second-r.second > rateSeconds {
		r.past, r.sum = [rateSeconds]uint32{}, 0
	} else {
		for ; r.second < second; r.second++ {
			slot := &r.past[r.second%rateSeconds]
			r.sum += r.count - *slot
			*slot, r.count = r.count, 0
		}
	}
	r.second, r.count = second, 0
	return r.sum != before
}

// perSecond is the average over the ten whole seconds before the current one.
func (r *rate) perSecond() float64 { return float64(r.sum) / rateSeconds }
