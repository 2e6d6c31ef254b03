package onvif

import "strings"

// split takes apart what follows the prefix and onvif-ej in a topic: the local topic, and the values
// of the event's source, which follow "/&".
func split(rest string) (local, sources string) {
	local, sources, _ = strings.Cut(rest, "/&")
	return local, sources
}

// first and last return a level of a topic, or a value of the source in one.
func first(levels string) string {
	level, _, _ := strings.Cut(levels, "/")
	return level
}

func last(levels string) string { return levels[strings.LastIndexByte(levels, '/')+1:] }
