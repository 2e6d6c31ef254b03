package homeassistant

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"opscenter/internal/city"
	"opscenter/internal/dialect/loose"
	"opscenter/internal/subsystem"
)

// config is what a discovery message says, as far as it is of use: of a device and one of its
// entities, or of all of them.
type config struct {
	name, uniqueID string // of the entity
	kind           string // that the entity, or the first of several, makes the device
	migrates       bool   // it only prepares the move to another topic
	device         device
}

type device struct {
	identifier, connection      string // the first of each
	name, maker, model, modelID string
	firmware                    string
}

// readConfig reads a message. Every key may be abbreviated, each in its own place: sw is the firmware of
// the device in dev, and that of the bridge in o. Keys that are not listed are ignored, all topics and
// templates among them, and with them "~", the part that they share.
func readConfig(payload []byte, component string) (config, error) {
	v, err := loose.Object(payload)
	if err != nil {
		return config{}, err
	}
	var c config
	var class, category, dev, components gjson.Result
	v.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "name":
			c.name = text(value)
		case "unique_id", "uniq_id":
			c.uniqueID = text(value)
		case "device_class", "dev_cla":
			class = value
		case "entity_category", "ent_cat":
			category = value
		case "migrate_discovery", "migr_discvry":
			c.migrates = value.Type == gjson.True
		case "device", "dev":
			dev = value
		case "components", "cmps":
			components = value
		}
		return true
	})
	if loose.There(dev) {
		if c.device, err = readDevice(dev); err != nil {
			return config{}, err
		}
	}
	c.kind = kindOf(component, text(class), text(category))
	if component == allComponents {
		if c.kind, err = kindOfAll(components); err != nil {
			return config{}, err
		}
	}
	if !c.migrates && c.device == (device{}) && c.uniqueID == "" && c.name == "" {
		return config{}, fmt.Errorf("%w: it has neither a device nor a unique_id nor a name", subsystem.ErrPayload)
	}
	return c, nil
}

func readDevice(v gjson.Result) (d device, err error) {
	if !v.IsObject() {
		return device{}, loose.Field("device", errors.New("it is not an object"))
	}
	v.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "identifiers", "ids":
			if value.IsObject() {
				err = loose.Field("device.identifiers", errors.New("want a text or a list of them"))
			}
			d.identifier = first(value)
		case "connections", "cns":
			d.connection = connection(value)
		case "name":
			d.name = text(value)
		case "manufacturer", "mf":
			d.maker = text(value)
		case "model", "mdl":
			d.model = text(value)
		case "model_id", "mdl_id":
			d.modelID = text(value)
		case "sw_version", "sw":
			d.firmware = text(value)
		}
		return err == nil
	})
	return d, err
}

// identity is who the device is: what it calls itself, or else by what it is connected, or else what
// its one entity is called. All entities of a device then have one identity, and one device of ten
// entities is discovered once.
func (c *config) identity(at place) string {
	id := cmp.Or(c.device.identifier, c.device.connection, c.uniqueID, at.object)
	return strings.ReplaceAll(id, ";", "_") // the inventory separates identities by it
}

func (c *config) announcement() *city.Announcement {
	return &city.Announcement{
		Name: cmp.Or(c.device.name, c.name), Maker: c.device.maker,
		Model: cmp.Or(c.device.model, c.device.modelID), Firmware: c.device.firmware, Kind: c.kind,
	}
}

// first returns a text, or the first one of a list; empty if there is none.
func first(v gjson.Result) string {
	if v.IsArray() {
		v = v.Get("0")
	}
	return text(v)
}

// connection returns the first of a list of pairs such as ["mac", "02:5b:26:a8:dc:12"] as mac:02:5b:…
func connection(v gjson.Result) string {
	kind, address := text(v.Get("0.0")), text(v.Get("0.1"))
	if kind == "" || address == "" {
		return ""
	}
	return kind + ":" + address
}

const maxText = 128 // characters

// text returns at most maxText characters of a text, a number or a boolean, none of which is a control
// character. Anything else counts as absent. It does not share the message's memory.
func text(v gjson.Result) string {
	if !loose.There(v) {
		return ""
	}
	s, err := loose.Text(v)
	if err != nil {
		return ""
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		s = strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ")
	}
	if len(s) > maxText {
		if runes := []rune(s); len(runes) > maxText {
			s = string(runes[:maxText])
		}
	}
	return strings.Clone(s)
}
