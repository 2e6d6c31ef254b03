package broker

import (
	"context"
	"errors"
)

// The stream that holds messages on their way to subscribers is the nats-server's, but made by us:
// with its own settings every acknowledgement of a subscriber is written to the disk by itself, a
// second synchronous write per message. Ours keeps messages until they are trimmed, here, in one
// go, up to what every subscriber has acknowledged. A message is still on the disk before its
// publisher is told so; what a power cut may lose is acknowledgements, and these messages come again.
const messagesStream = "$MQTT_msgs"

const codeStreamExists = 10058

// streamConfig is the part of a JetStream stream's configuration that matters here.
type streamConfig struct {
	Name      string   `json:"name"`
	Subjects  []string `json:"subjects"`
	Retention string   `json:"retention"`
	Storage   string   `json:"storage"`
	Discard   string   `json:"discard"`
	Replicas  int      `json:"num_replicas"`
}

// prepareMessages makes the stream, or takes it over from the server if it was there first.
func (a *admin) prepareMessages(ctx context.Context) error {
	config := streamConfig{
		Name: messagesStream, Subjects: []string{"$MQTT.msgs.>"},
		Retention: "limits", Storage: "file", Discard: "old", Replicas: 1,
	}
	err := a.ask(ctx, "STREAM.CREATE."+messagesStream, config, nil)
	if refusal, ok := errors.AsType[*apiError](err); ok && refusal.Code == codeStreamExists {
		return a.ask(ctx, "STREAM.UPDATE."+messagesStream, config, nil)
	}
	return err
}

// trimMessages forgets what every subscriber has acknowledged.
func (a *admin) trimMessages(ctx context.Context) error {
	var stream struct {
		State struct {
			Messages uint64 `json:"messages"`
			First    uint64 `json:"first_seq"`
			Last     uint64 `json:"last_seq"`
		} `json:"state"`
	}
	if err := a.ask(ctx, "STREAM.INFO."+messagesStream, struct{}{}, &stream); err != nil {
		return err
	}
	if stream.State.Messages == 0 {
		return nil
	}
	floor, err := a.acknowledged(ctx, stream.State.Last)
	if err != nil {
		return err
	}
	if floor < stream.State.First {
		return nil
	}
	return a.ask(ctx, "STREAM.PURGE."+messagesStream, map[string]uint64{"seq": floor + 1}, nil)
}

// consumer is what the store knows of one subscription.
type consumer struct {
	Config struct {
		Filter string `json:"filter_subject"`
	} `json:"config"`
	AckFloor struct {
		Stream uint64 `json:"stream_seq"`
	} `json:"ack_floor"`
}

// acknowledged returns the sequence, at most last, up to which no subscriber, present or away,
// needs a message.
func (a *admin) acknowledged(ctx context.Context, last uint64) (uint64, error) {
	floor := last
	for offset := 0; ; {
		var page struct {
			Total     int        `json:"total"`
			Consumers []consumer `json:"consumers"`
		}
		err := a.ask(ctx, "CONSUMER.LIST."+messagesStream, map[string]int{"offset": offset}, &page)
		if err != nil {
			return 0, err
		}
		for _, c := range page.Consumers {
			if floor, err = a.lower(ctx, floor, c); err != nil {
				return 0, err
			}
		}
		offset += len(page.Consumers)
		if len(page.Consumers) == 0 || offset >= page.Total {
			return floor, nil
		}
	}
}

const codeNoMessage = 10037

// lower returns floor, or less if a subscription still needs a message at or below it: the first of
// its topics after those that it has acknowledged. The count of pending messages that the store
// gives would be simpler to ask for, but lags behind what is already acknowledged to publishers.
func (a *admin) lower(ctx context.Context, floor uint64, c consumer) (uint64, error) {
	if c.AckFloor.Stream >= floor {
		return floor, nil
	}
	var next struct {
		Message struct {
			Seq uint64 `json:"seq"`
		} `json:"message"`
	}
	request := map[string]any{"seq": c.AckFloor.Stream + 1, "next_by_subj": c.Config.Filter}
	err := a.ask(ctx, "STREAM.MSG.GET."+messagesStream, request, &next)
	if refusal, ok := errors.AsType[*apiError](err); ok && refusal.Code == codeNoMessage {
		return floor, nil
	}
	if err != nil {
		return 0, err
	}
	return min(floor, next.Message.Seq-1), nil
}
