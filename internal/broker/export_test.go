package broker

import "context"

// Held returns how many messages wait for subscribers, or to be removed.
func Held(ctx context.Context, s *Server) (uint64, error) {
	var stream struct {
		State struct {
			Messages uint64 `json:"messages"`
		} `json:"state"`
	}
	err := s.admin.ask(ctx, "STREAM.INFO."+messagesStream, struct{}{}, &stream)
	return stream.State.Messages, err
}

// Trims returns how often delivered messages were looked for and removed.
func Trims(s *Server) uint64 { return s.trims.Load() }
