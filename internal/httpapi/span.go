package httpapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// longestHistory is how much one request may ask for.
const longestHistory = 400 * 24 * time.Hour

// span returns the time that a request asks for: the 24 hours before now unless it says otherwise.
func (a *api) span(from, to time.Time) (time.Time, time.Time, error) {
	if to.IsZero() {
		to = a.Now()
	}
	if from.IsZero() {
		from = to.Add(-24 * time.Hour)
	}
	if !from.Before(to) || to.Sub(from) > longestHistory {
		return from, to, fmt.Errorf("%w: from must be before to, by at most 400 days", ErrInvalid)
	}
	return from, to, nil
}

// parseStep reads seconds, or a number with s, m, h or d; nothing is 0.
func parseStep(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	unit := time.Second
	if i := strings.IndexByte("smhd", text[len(text)-1]); i >= 0 {
		unit = [...]time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}[i]
		text = text[:len(text)-1]
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%w: step must be a number of seconds above 0, or such as 30s, 5m, 1h or 1d", ErrInvalid)
	}
	return min(time.Duration(n)*unit, longestHistory), nil
}

// parseMoment reads a civic date, which is its midnight, or a time in RFC 3339, to the second.
func (a *api) parseMoment(name, text string) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, a.Zone); err == nil {
		return day, nil
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %s must be a date such as 2026-11-01 or a time in RFC 3339", ErrInvalid, name)
	}
	if moment.Nanosecond() != 0 {
		return time.Time{}, fmt.Errorf("%w: %s must be a whole second", ErrInvalid, name)
	}
	return moment.In(a.Zone), nil
}
