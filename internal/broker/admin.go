package broker

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nuid"
)

// adminWithin bounds one request to the store's administration.
const adminWithin = 10 * time.Second

// admin asks the store's administration in the devices' account. One request per connection: it is
// asked every few seconds, within the process.
type admin struct {
	dial     func() (net.Conn, error)
	password string
}

// apiError is how the administration refuses.
type apiError struct {
	Code        int    `json:"err_code"`
	Description string `json:"description"`
}

// Error returns the description, with the code.
func (e *apiError) Error() string { return fmt.Sprintf("%s (%d)", e.Description, e.Code) }

// ask sends a request in JSON and reads the answer into answer. A refusal is an *apiError.
func (a *admin) ask(ctx context.Context, operation string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("broker: %s: %w", operation, err)
	}
	reply, err := a.roundTrip(ctx, "$JS.API."+operation, body)
	if err != nil {
		return fmt.Errorf("broker: %s: %w", operation, err)
	}
	var refusal struct {
		Error *apiError `json:"error"`
	}
	if err := json.Unmarshal(reply, &refusal); err != nil {
		return fmt.Errorf("broker: %s: %w", operation, err)
	}
	if refusal.Error != nil {
		return fmt.Errorf("broker: %s: %w", operation, refusal.Error)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(reply, answer); err != nil {
		return fmt.Errorf("broker: %s: %w", operation, err)
	}
	return nil
}

// roundTrip speaks the NATS client protocol for one request and its answer.
func (a *admin) roundTrip(ctx context.Context, subject string, body []byte) ([]byte, error) {
	conn, err := a.dial()
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // the answer is all that counts
	if err := conn.SetDeadline(time.Now().Add(adminWithin)); err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	in := bufio.NewReader(conn)
	if _, err := in.ReadString('\n'); err != nil { // INFO
		return nil, err
	}
	connect, err := json.Marshal(map[string]any{"user": adminUser, "pass": a.password, "verbose": false})
	if err != nil {
		return nil, err
	}
	inbox := "$ADMIN." + nuid.Next() // a subscription of a device to # does not see what begins with $
	var out bytes.Buffer
	fmt.Fprintf(&out, "CONNECT %s\r\nSUB %s 1\r\nPUB %s %s %d\r\n%s\r\n", connect, inbox, subject, inbox, len(body), body)
	if _, err := conn.Write(out.Bytes()); err != nil {
		return nil, err
	}
	return readAnswer(in, conn)
}

// readAnswer reads up to the first message and returns its payload.
func readAnswer(in *bufio.Reader, out io.Writer) ([]byte, error) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case fields[0] == "PING":
			if _, err := io.WriteString(out, "PONG\r\n"); err != nil {
				return nil, err
			}
		case fields[0] == "-ERR":
			return nil, errors.New(strings.TrimSpace(line))
		case fields[0] == "MSG":
			size, err := strconv.ParseUint(fields[len(fields)-1], 10, 31)
			if err != nil {
				return nil, fmt.Errorf("answer %q: %w", line, err)
			}
			payload := make([]byte, size)
			_, err = io.ReadFull(in, payload)
			return payload, err
		}
	}
}
