package notify

import "context"

// Mail is a message to people that is no alarm, such as a report.
type Mail struct {
	ID          string // part of the Message-ID: the same mail again has the same; empty: a new one
	To          []string
	Subject     string
	Text        string
	Attachments []Attachment
}

// Attachment is a file in a Mail.
type Attachment struct {
	Name        string
	ContentType string
	Data        []byte
}

// Mailer is what a channel is that can send any mail. The errors are those of Channel.
type Mailer interface {
	Mail(ctx context.Context, m Mail) error
}
