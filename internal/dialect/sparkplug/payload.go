package sparkplug

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/protobuf/proto"

	"opscenter/internal/dialect/sparkplug/sparkplugpb"
)

const (
	// maxBody bounds a compressed payload when it is unpacked, in bytes.
	maxBody = 1 << 20

	// maxDepth bounds how deep templates and property sets lie in each other.
	maxDepth = 32
)

// compressed is what the uuid of a payload says whose body is another, packed: the convention of
// Eclipse Tahu's libraries.
const compressed = "SPBV1.0_COMPRESSED"

// unmarshal reads a payload, and the one in its body where it is compressed.
func unmarshal(raw []byte) (*sparkplugpb.Payload, error) {
	if len(raw) == 0 {
		return nil, errors.New("an empty payload says nothing")
	}
	p, err := decode(raw)
	if err != nil || p.GetUuid() != compressed {
		return p, err
	}
	body, err := unpack(p)
	if err != nil {
		return nil, fmt.Errorf("compressed body: %w", err)
	}
	return decode(body)
}

func decode(raw []byte) (*sparkplugpb.Payload, error) {
	p := &sparkplugpb.Payload{}
	if err := (proto.UnmarshalOptions{RecursionLimit: maxDepth, DiscardUnknown: true}).Unmarshal(raw, p); err != nil {
		return nil, errors.New("not a Sparkplug B payload")
	}
	return p, nil
}

// unpack returns a payload's body, which is packed by the algorithm that a metric of that name tells,
// or else by DEFLATE.
func unpack(p *sparkplugpb.Payload) ([]byte, error) {
	algorithm := "DEFLATE"
	for _, m := range p.GetMetrics() {
		if m.GetName() == "algorithm" {
			algorithm = strings.ToUpper(m.GetStringValue())
		}
	}
	var packed io.Reader
	var err error
	switch algorithm {
	case "DEFLATE":
		packed, err = zlib.NewReader(bytes.NewReader(p.GetBody()))
	case "GZIP":
		packed, err = gzip.NewReader(bytes.NewReader(p.GetBody()))
	default:
		return nil, fmt.Errorf("there is no algorithm %.32q", algorithm)
	}
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(packed, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("more than %d bytes when unpacked", maxBody)
	}
	return body, nil
}
