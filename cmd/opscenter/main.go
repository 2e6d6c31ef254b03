// Command opscenter is the backend and the wall of a city operations center.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"opscenter/internal/app"
	"opscenter/internal/config"
	"opscenter/web"
)

// Exit statuses of the command.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	os.Exit(run(app.Config{
		Factories: factories(), Dialects: dialects(), Channels: channels(), Version: version, Web: web.Dist(),
	}, os.Args[1:], os.Stdout, os.Stderr))
}

// run parses args and runs the command, with a center made of what it is given and what the flags and
// the configuration file say. It returns the exit status: 0 when the command did what it was asked, or ended by SIGTERM or SIGINT with everything flushed; 1 when it failed; 2 when its
// arguments, its environment or its configuration are wrong.
func run(center app.Config, args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	var c cli
	exited := -1
	options := append(config.Options(&center.File),
		kong.Name("opscenter"),
		kong.Description("The backend and the wall of a city operations center."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&terminal{out: stdout, err: stderr}, &center),
	)
	parser, err := kong.New(&c, options...)
	if err != nil {
		return fail(stderr, err, exitFailure)
	}
	if err := config.CheckEnvironment(parser.Model, os.Environ()); err != nil {
		return fail(stderr, err, exitUsage)
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help was printed
		return exited
	}
	if err != nil {
		return fail(stderr, err, exitUsage)
	}
	if err := command.Run(); err != nil {
		if _, usage := errors.AsType[usageError](err); usage {
			return fail(stderr, err, exitUsage)
		}
		return fail(stderr, err, exitFailure)
	}
	return 0
}

func fail(stderr io.Writer, err error, status int) int {
	fmt.Fprintf(stderr, "opscenter: %v\n", err)
	return status
}

// usageError marks an error as the caller's: wrong configuration rather than a failure.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// terminal is where commands write for people.
type terminal struct{ out, err io.Writer }
