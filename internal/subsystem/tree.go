package subsystem

import "strings"

// node is a level of the tree of patterns. Since no two patterns overlap, at most one matches.
type node struct {
	literal map[string]*node
	any     *node  // a segment in braces
	end     *Route // a pattern that ends here
	rest    *Route // a pattern that ends here with "#"
}

func (n *node) insert(r *Route) {
	for _, l := range r.Pattern.levels {
		next := n.literal[l.literal]
		if l.literal == "" {
			next = n.any
		}
		if next == nil {
			next = &node{}
			switch {
			case l.literal == "":
				n.any = next
			case n.literal == nil:
				n.literal = map[string]*node{l.literal: next}
			default:
				n.literal[l.literal] = next
			}
		}
		n = next
	}
	if r.Pattern.open {
		n.rest = r
	} else {
		n.end = r
	}
}

// segments are the levels of a topic as far as the tree goes.
type segments [maxLevels]string

// find returns the route of a topic's levels from depth on, or nil, and notes the levels; more says
// whether there are any.
func (n *node) find(topic string, more bool, depth int, at *segments) *Route {
	if more {
		segment, rest, deeper := strings.Cut(topic, "/")
		if depth < maxLevels {
			at[depth] = segment
		}
		if next := n.literal[segment]; next != nil {
			if r := next.find(rest, deeper, depth+1, at); r != nil {
				return r
			}
		}
		if n.any != nil && segment != "" {
			if r := n.any.find(rest, deeper, depth+1, at); r != nil {
				return r
			}
		}
		return n.rest
	}
	if n.end != nil {
		return n.end
	}
	return n.rest
}
