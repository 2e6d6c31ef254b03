package notify

import "time"

// The pauses between attempts.
const (
	firstPause   = time.Second
	longestPause = 15 * time.Minute
	longestAsked = time.Hour // that a receiver may ask for
)

// stepAside is how many attempts a message holds up those behind it that the receiver answers and
// does not take. One that cannot be delivered to anybody keeps its place: the order counts more.
const stepAside = 10

// pause returns how long to wait after that many failed attempts: it doubles, up to a quarter of an
// hour, and is shortened by up to a half by jitter, a number from 0 to 1, so that channels that failed
// together do not come back together.
func pause(failures int, jitter float64) time.Duration {
	p := longestPause
	if failures < 11 {
		p = min(longestPause, firstPause<<max(0, failures-1))
	}
	return p - time.Duration(jitter*float64(p)/2)
}
