package reporting_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"

	"opscenter/internal/reporting"
	"opscenter/internal/store"
)

// mailServer is a server that takes one message and gives it to got, as RFC 5321 has it.
func mailServer(t *testing.T) (address string, got <-chan string) {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	messages := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		c := textproto.NewConn(conn)
		_ = c.PrintfLine("220 mail.example.org ESMTP")
		for {
			line, err := c.ReadLine()
			if err != nil {
				return
			}
			switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
			case "DATA":
				_ = c.PrintfLine("354 go on")
				body, err := io.ReadAll(c.DotReader())
				if err != nil {
					return
				}
				messages <- string(body)
				_ = c.PrintfLine("250 taken")
			case "QUIT":
				_ = c.PrintfLine("221 bye")
				return
			default:
				_ = c.PrintfLine("250 ok")
			}
		}
	}()
	return l.Addr().String(), messages
}

// plainMailer is as little of a mailer as a server understands.
type plainMailer struct{ address string }

func (p plainMailer) Send(_ context.Context, m reporting.Mail) error {
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	fmt.Fprintf(&body, "Subject: %s\r\nMessage-ID: <%s@example.org>\r\nContent-Type: multipart/mixed; boundary=%s\r\n\r\n",
		mime.QEncoding.Encode("utf-8", m.Subject), m.ID, parts.Boundary())
	for _, a := range append([]reporting.Attachment{{ContentType: "text/plain; charset=utf-8", Body: []byte(m.Text)}}, m.Attachments...) {
		w, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type": {a.ContentType}, "Content-Transfer-Encoding": {"base64"},
			"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})},
		})
		if err != nil {
			return err
		}
		encoder := base64.NewEncoder(base64.StdEncoding, w)
		if _, err := encoder.Write(a.Body); err != nil {
			return err
		}
		if err := encoder.Close(); err != nil {
			return err
		}
	}
	if err := parts.Close(); err != nil {
		return err
	}
	return smtp.SendMail(p.address, nil, "center@example.org", m.To, body.Bytes())
}

// What a schedule wants arrives at a mail server as people will open it.
func TestAReportArrivesAtAMailServer(t *testing.T) {
	t.Parallel()
	address, got := mailServer(t)
	r := setup(t, func(c *reporting.JobsConfig) { c.Mailer = plainMailer{address} })
	if _, _, err := r.store.AddReportJob(t.Context(), "01", "", &store.ReportOrder{
		Report: "faults", From: noon(t).AddDate(0, 0, -1), To: noon(t), Format: "csv", Lang: "vi", Recipients: []string{"ops@example.org"},
	}, noon(t)); err != nil {
		t.Fatal(err)
	}
	r.start()
	message, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(wait(t, "message", got))))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	diff(t, "subject", []any{"Danh sách sự cố thiết bị, 2026-11-23 – 2026-11-24", nil}, []any{subject, err})
	diff(t, "id", "<report-01@example.org>", message.Header.Get("Message-ID"))
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for parts := multipart.NewReader(message.Body, parameters["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, part.FileName()+": "+string(content))
	}
	diff(t, "parts", []string{
		": Danh sách sự cố thiết bị\nTừ 12:00 ngày 23/11/2026 đến trước 12:00 ngày 24/11/2026 (Asia/Ho_Chi_Minh).\n\n" +
			"Báo cáo ở tệp đính kèm faults.csv; cách tính được ghi trong báo cáo.\n",
		"faults.csv: faults",
	}, files)
	r.await("01", "sent", func(j *store.ReportJob) bool { return j.Delivery == store.DeliverySent })
}
