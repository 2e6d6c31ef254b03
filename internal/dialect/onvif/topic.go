package onvif

import "strings"

// split takes apart what follows the prefix and onvif-ej in a topic: the local topic, and the values
// of the event's source, which follow "/&".
func split(rest string) (local, sources string) {
	local, sources, _ = strings.Cut(rest, "/&")
	return local, sources
}

// first and last return a value of the source as it stands in a topic.
func first(sources string) string {
	value, _, _ := strings.Cut(sources, "/")
	return value
}

func last(sources string) string { return sources[strings.LastIndexByte(sources, '/')+1:] }
