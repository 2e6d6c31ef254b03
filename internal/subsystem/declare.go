package subsystem

import (
	"slices"
	"time"
)

// Told returns the indicators as ones of that period, told so often, whose figures are stale after
// validFor; 0: three times every. It is for Specs, most indicators of which share their schedule.
func Told(p Period, every, validFor time.Duration, indicators ...Indicator) []Indicator {
	told := slices.Clone(indicators)
	for i := range told {
		told[i].Period, told[i].Cadence, told[i].ValidFor = p, every, validFor
	}
	return told
}

// Intraday returns the indicators as ones of the day so far, told anew so often while it passes.
func Intraday(every time.Duration, indicators ...Indicator) []Indicator {
	return Told(Daily, every, 0, indicators...)
}

// Each returns the indicators as ones that are told once for each period, soon after it ends. Their
// figures are stale when that of the next period is clearly late, by half a day of a daily one and by
// two months of a yearly one.
func Each(p Period, indicators ...Indicator) []Indicator {
	const day = 24 * time.Hour
	switch p {
	case Weekly:
		return Told(p, 7*day, 10*day, indicators...)
	case Monthly:
		return Told(p, 31*day, 45*day, indicators...)
	case Quarterly:
		return Told(p, 92*day, 120*day, indicators...)
	case Yearly:
		return Told(p, 366*day, 425*day, indicators...)
	case Daily:
	}
	return Told(p, day, 36*time.Hour, indicators...)
}
