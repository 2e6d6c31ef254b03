package homeassistant

import (
	"errors"

	"github.com/tidwall/gjson"

	"opscenter/internal/dialect/loose"
)

// allComponents is the component of a topic that describes a device with all that it can do.
const allComponents = "device"

// kindOf returns what the inventory calls a device that has an entity, or nothing where the entity is
// beside the point: its battery, its link quality, a setting.
func kindOf(component, class, category string) string {
	if category != "" {
		return ""
	}
	switch component {
	case "binary_sensor":
		return binary(class)
	case "sensor":
		if class != "" {
			return "sensor." + class
		}
	case allComponents, "device_automation", "tag", "update":
		return "" // these are no things
	}
	return component
}

// binary names a sensor of two states by what it senses.
func binary(class string) string {
	switch class {
	case "door", "window", "opening", "garage_door", "lock":
		return "sensor.contact"
	case "motion", "occupancy", "presence", "moving":
		return "sensor.motion"
	case "moisture":
		return "sensor.leak"
	case "":
		return "sensor.binary"
	}
	return "sensor." + class
}

// kindOfAll returns the kind that the first telling one of a device's components gives it.
func kindOfAll(components gjson.Result) (kind string, err error) {
	if !loose.There(components) {
		return "", nil
	}
	if !components.IsObject() {
		return "", loose.Field("components", errors.New("it is not an object"))
	}
	components.ForEach(func(_, c gjson.Result) bool {
		var platform, class, category string
		keys := 0
		c.ForEach(func(key, value gjson.Result) bool {
			keys++
			switch key.Str {
			case "platform", "p":
				platform = text(value)
			case "device_class", "dev_cla":
				class = text(value)
			case "entity_category", "ent_cat":
				category = text(value)
			}
			return true
		})
		if keys > 1 { // one with its platform alone is taken back
			kind = kindOf(platform, class, category)
		}
		return kind == ""
	})
	return kind, nil
}
