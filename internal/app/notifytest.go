package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"opscenter/internal/config"
	"opscenter/internal/httpapi"
)

// TestChannel lets the center that runs in the data directory send a test message on a channel, and
// returns the message's id. That the receiver did not confirm it is an error.
func TestChannel(ctx context.Context, c config.Serve, channel string) (id string, err error) {
	center := runningCenter(ctx, c.Data)
	if center == "" {
		return "", fmt.Errorf("no center runs in %s; channels are tested through the one that will use them", c.Data)
	}
	answer, err := overHTTP(ctx, http.MethodPost, center+"/api/v1/channels/"+url.PathEscape(channel)+"/test", nil)
	if err != nil {
		return "", err
	}
	var outcome httpapi.TestOutcome
	if err := json.Unmarshal([]byte(answer), &outcome); err != nil {
		return "", fmt.Errorf("answer of %s: %w", center, err)
	}
	if !outcome.Confirmed {
		return "", fmt.Errorf("%s did not confirm: %w", channel, errors.New(outcome.Error))
	}
	return outcome.ID, nil
}
