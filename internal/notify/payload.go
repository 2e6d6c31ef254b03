package notify

import (
	"encoding/json"
	"fmt"
	"time"

	"opscenter/internal/city"
)

// payload is the document that receivers are sent, in the form of Standard Webhooks.
type payload struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Title  city.Names `json:"title"`
	Route  string     `json:"route,omitempty"`
	Group  string     `json:"group,omitempty"`
	Link   string     `json:"link,omitempty"`
	Total  int        `json:"total"`
	Counts []Count    `json:"counts,omitempty"`
	Alarms []Item     `json:"alarms"`
}

// Payload is a message as a program receives it: JSON with id, type, timestamp and data, the same
// bytes at every attempt.
func Payload(m *Message) ([]byte, error) {
	alarms := m.Alarms
	if alarms == nil {
		alarms = []Item{}
	}
	body, err := json.Marshal(payload{
		ID: m.ID, Type: m.Type, Timestamp: m.At,
		Data: data{Title: m.Title, Route: m.Route, Group: m.Group, Link: m.Link, Total: m.Total, Counts: m.Counts, Alarms: alarms},
	})
	if err != nil {
		return nil, Permanent(fmt.Errorf("payload: %w", err))
	}
	return body, nil
}
