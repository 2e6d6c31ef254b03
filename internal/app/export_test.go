package app

// CheckAction is checkAction, for its table of what is refused.
var CheckAction = checkAction //nolint:gochecknoglobals // a function
