package camera

import "strings"

// Below returns what follows that many levels of a topic.
func Below(topic string, levels int) string {
	for range levels {
		_, topic, _ = strings.Cut(topic, "/")
	}
	return topic
}

// Plain returns the path of an ONVIF topic without namespaces, which cameras keep or drop as they
// like: those in front of a level (tns1:Device) and those that are a level of their own (tns:axis).
func Plain(path string) string {
	if strings.IndexByte(path, ':') < 0 {
		return path
	}
	var b strings.Builder
	b.Grow(len(path))
	for level := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(level, "tns:") {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('/')
		}
		b.WriteString(level[strings.LastIndexByte(level, ':')+1:])
	}
	return b.String()
}
