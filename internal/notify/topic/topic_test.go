package topic_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"opscenter/internal/notify"
	"opscenter/internal/notify/topic"
)

func TestTheTopicIsMadeOfTheMessage(t *testing.T) {
	t.Parallel()
	var at, payload string
	failure := errors.New("the broker is away")
	e := notify.Environment{Publish: func(_ context.Context, topic string, body []byte, retained bool) error {
		at, payload = topic, string(body)
		if retained {
			t.Error("it is retained")
		}
		return failure
	}}
	c, err := topic.Factory().Open(e, json.RawMessage(`{"topic":"city/{route}/{group}/{type}"}`))
	if err != nil {
		t.Fatal(err)
	}
	m := notify.Message{ID: "msg_1", Type: notify.TypeRaised, Route: "duty", Group: "area=việt trì/+ reason=#"}
	if err := c.Send(t.Context(), m); !errors.Is(err, failure) {
		t.Errorf("that the broker did not acknowledge is %v", err)
	}
	if at != "city/duty/area=vi_t_tr_reason=_/alarm.raised" || !strings.HasPrefix(payload, `{"id":"msg_1","type":"alarm.raised","timestamp":`) {
		t.Errorf("published %s to %s", payload, at)
	}
}

func TestTopicsThatNothingCanBePublishedToAreRefused(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{
		`{"topic":""}`, `{"topic":"a/+/b"}`, `{"topic":"a/#"}`, `{"topic":"$SYS/a"}`, `{"topic":"a/{alarm}"}`, `{"topic":"a b"}`, `{"tpic":"a"}`,
	} {
		if _, err := topic.Factory().Open(notify.Environment{}, json.RawMessage(settings)); err == nil {
			t.Errorf("%s is accepted", settings)
		}
	}
}
