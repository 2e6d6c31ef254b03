package onvif

import "strings"

// split takes apart what follows the prefix and onvif-ej in a topic: the local topic, and the values
// of the event's source, which follow "/&".
func split(rest string) (local, sources string) {
	local, sources, _ = strings.Cut(rest, "/&")
	return local, sources
}

// rest returns what follows that many levels of a topic.
func rest(topic string, levels int) string {
	for range levels {
		_, topic, _ = strings.Cut(topic, "/")
	}
	return topic
}

// plain returns a local topic without the namespaces of its levels. The specification drops tns1:
// and keeps a maker's own; some makers keep all of them.
func plain(local string) string {
	if strings.IndexByte(local, ':') < 0 {
		return local
	}
	var b strings.Builder
	b.Grow(len(local))
	for level := range strings.SplitSeq(local, "/") {
		if b.Len() > 0 {
			b.WriteByte('/')
		}
		b.WriteString(level[strings.LastIndexByte(level, ':')+1:])
	}
	return b.String()
}

// first and last return a value of the source as it stands in a topic.
func first(sources string) string {
	value, _, _ := strings.Cut(sources, "/")
	return value
}

func last(sources string) string { return sources[strings.LastIndexByte(sources, '/')+1:] }
