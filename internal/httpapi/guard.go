package httpapi

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// requestTimeout bounds everything but the stream, replays and backups.
const requestTimeout = time.Minute

// CheckListen returns an error unless addr, a host and a port, is on a loopback address. While
// there are no accounts, whoever reaches the center may do everything.
func CheckListen(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", addr, err)
	}
	if !isLoopback(host) {
		return fmt.Errorf("listen address %q is not a loopback address: the center has no accounts yet, so it would let "+
			"everyone on that network in; listen on 127.0.0.1 and put a proxy that authenticates in front", addr)
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// guard wraps every route in what all of them need: counting, recovery, security headers, and the
// refusal of foreign hosts and foreign pages.
func (a *api) guard(next http.Handler) (http.Handler, error) {
	cross := http.NewCrossOriginProtection()
	for _, origin := range a.Origins {
		if err := cross.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("allowed origin %q: %w", origin, err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusForbidden, "a page of another site may not change anything here")
	}))
	return a.outermost(a.onlyOwnHosts(headers(cross.Handler(next)))), nil
}

// onlyOwnHosts refuses requests for names that are not the center's: a foreign name that resolves
// to a loopback address would let a foreign page in (DNS rebinding).
func (a *api) onlyOwnHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
		own := func(name string) bool { return strings.EqualFold(name, host) }
		if !isLoopback(host) && !slices.ContainsFunc(a.Hosts, own) {
			problem(w, http.StatusMisdirectedRequest, "the center is not known by this name")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// headers lets pages load nothing from anywhere else, and nobody guess at types.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy(r.Host))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// policy is the Content-Security-Policy. Some browsers do not take 'self' to include WebSockets, so
// the host is named for them.
func policy(host string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self' ws://" + host + " wss://" + host + "; worker-src 'self' blob:; manifest-src 'self'; " +
		"media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
}

// outermost counts requests, bounds their time, and answers 500 if a handler panics.
func (a *api) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := a.Now()
		if r.URL.Path == streamPath || r.URL.Path == replayPath { // live long, hijack, and count themselves
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		if r.URL.Path != backupPath { // takes as long as it takes, and has limits of its own
			limited, cancel := context.WithTimeout(ctx, requestTimeout)
			defer cancel()
			ctx = limited
		}
		r = r.WithContext(ctx)
		recorded := &recordedWriter{ResponseWriter: w}
		defer func() {
			if broken := recover(); broken != nil {
				a.Log.ErrorContext(ctx, "a handler panicked", "panic", fmt.Sprint(broken), "stack", string(debug.Stack()))
				if recorded.status == 0 {
					problem(recorded, http.StatusInternalServerError, "the server's log says why")
				}
			}
			if a.Metrics != nil {
				a.Metrics.Request(routeOf(r), methodOf(r), recorded.statusOr(http.StatusOK), a.Now().Sub(began))
			}
		}()
		next.ServeHTTP(recorded, r)
	})
}

// routeOf is the pattern that matched; it is bounded, which a path is not.
func routeOf(r *http.Request) string {
	pattern := r.Pattern
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = path
	}
	if pattern == "" {
		return "none"
	}
	return pattern
}

// methodOf is the method; it is bounded, which what clients send is not.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// recordedWriter remembers the status.
type recordedWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the status and writes it.
func (w *recordedWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes, with status 200 if none was written before.
func (w *recordedWriter) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recordedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recordedWriter) statusOr(status int) int {
	if w.status == 0 {
		return status
	}
	return w.status
}
