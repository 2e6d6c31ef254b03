// Package sparkplug is the dialect of Sparkplug B, in which industrial gateways ("edge nodes") and the
// devices behind them are born, send what has changed, and die.
//
// Source: Eclipse Sparkplug Specification 3.0, https://sparkplug.eclipse.org/specification/
package sparkplug

import (
	"fmt"
	"strings"
	"time"

	"opscenter/internal/dialect/mapping"
	"opscenter/internal/subsystem"
)

// ID is what the dialect is called, and the first part of its external ids:
// sparkplug:GROUP/EDGE and sparkplug:GROUP/EDGE/DEVICE.
const ID = "sparkplug"

// Settings are those of an instance.
type Settings struct {
	// Group is the Sparkplug group to read, or "+" for all.
	Group string `json:"group"`

	// Metrics says what becomes of metrics, by the name that they have in Sparkplug.
	Metrics map[string]mapping.Named `json:"metrics"`

	// Unmapped keeps the numbers of all other metrics raw, under a name made of theirs.
	Unmapped bool `json:"unmapped"`
}

// Dialect returns the dialect.
func Dialect() subsystem.Dialect {
	return subsystem.DefineDialect(ID,
		"Gateways and devices that speak Sparkplug B: a birth tells what there is and that it is online, data tells "+
			"what has changed, a death that it is offline. Which metrics are read is configuration.",
		Settings{Group: everyGroup}, open)
}

const everyGroup = "+"

// cadence is long, since data comes by exception: a value that does not change is not sent again, and
// a device that is gone is told so by its death.
const cadence = 24 * time.Hour

func open(b subsystem.Binding, s Settings) (subsystem.Feed, error) {
	group := s.Group
	if group == everyGroup {
		group = "{group}"
	} else if group == "" || strings.ContainsAny(group, "/+#{}") {
		return subsystem.Feed{}, fmt.Errorf(`settings: "group" %q: want one level of a topic, or "+"`, group)
	}
	becomes, declared, err := newTargets(&s, b.Spec)
	if err != nil {
		return subsystem.Feed{}, err
	}
	feed := subsystem.Feed{
		Metrics: declared,
		Decoder: &decoder{targets: becomes, births: newBirths()},
	}
	for _, t := range []struct{ verb, rest, doc string }{
		{nodeBirth, "{edge}", "An edge node is online: all its metrics, with their names, aliases and values."},
		{nodeDeath, "{edge}", "An edge node is offline: its last will. It counts if its bdSeq is that of the last birth."},
		{nodeData, "{edge}", "What has changed at an edge node."},
		{deviceBirth, "{edge}/{unit}", "A device behind an edge node is online: all its metrics."},
		{deviceDeath, "{edge}/{unit}", "A device behind an edge node is offline."},
		{deviceData, "{edge}/{unit}", "What has changed at a device."},
	} {
		feed.Topics = append(feed.Topics, subsystem.Topic{
			Pattern: namespace + "/" + group + "/" + t.verb + "/" + t.rest, Kind: ID, Cadence: cadence, Doc: t.doc,
		})
	}
	return feed, nil
}

const namespace = "spBv1.0"

// The types of message that are read. Commands, and the states of other hosts, are not.
const (
	nodeBirth   = "NBIRTH"
	nodeDeath   = "NDEATH"
	nodeData    = "NDATA"
	deviceBirth = "DBIRTH"
	deviceDeath = "DDEATH"
	deviceData  = "DDATA"
)
