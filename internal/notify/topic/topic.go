// Package topic is the channel that publishes messages on the broker that the center uses.
package topic

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"opscenter/internal/notify"
)

// Settings are those of one channel.
type Settings struct {
	Topic    string `json:"topic"` // {type}, {route} and {group} stand for what the message has
	Retained bool   `json:"retained"`
}

// Factory returns the kind of channel.
func Factory() notify.Factory {
	return notify.Define(notify.OverMQTT, "publishes JSON at QoS 1 on the broker that the center uses", Settings{Topic: "ioc/notify/{type}"}, open)
}

type channel struct {
	settings Settings
	publish  func(ctx context.Context, topic string, payload []byte, retained bool) error
}

func open(e notify.Environment, s Settings) (notify.Channel, error) {
	rest := strings.NewReplacer("{type}", "", "{route}", "", "{group}", "").Replace(s.Topic)
	switch {
	case s.Topic == "" || strings.HasPrefix(s.Topic, "/"):
		return nil, errors.New("topic: want one such as ioc/notify/{type}")
	case strings.ContainsAny(rest, "{}"):
		return nil, fmt.Errorf("topic: %q has a placeholder that is none of {type}, {route}, {group}", s.Topic)
	case strings.ContainsAny(rest, "+# \x00") || strings.HasPrefix(rest, "$"):
		return nil, fmt.Errorf("topic: nothing can be published to %q", s.Topic)
	}
	return channel{settings: s, publish: e.Publish}, nil
}

// Send publishes the message. The broker's acknowledgement confirms it.
func (c channel) Send(ctx context.Context, m notify.Message) error {
	body, err := notify.Payload(&m)
	if err != nil {
		return err
	}
	if c.publish == nil {
		return errors.New("mqtt: there is no broker yet")
	}
	if err := c.publish(ctx, c.topic(&m), body, c.settings.Retained); err != nil {
		return fmt.Errorf("mqtt: %w", err)
	}
	return nil
}

// topic fills the template. What a level cannot hold becomes an underscore.
func (c channel) topic(m *notify.Message) string {
	level := func(text string) string {
		if text == "" {
			return "none"
		}
		return regexp.MustCompile(`[^A-Za-z0-9_.=-]+`).ReplaceAllString(text, "_")
	}
	return strings.NewReplacer("{type}", level(m.Type), "{route}", level(m.Route), "{group}", level(m.Group)).Replace(c.settings.Topic)
}
