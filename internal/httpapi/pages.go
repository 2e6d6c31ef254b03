package httpapi

import (
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// pages serves the built pages. What the build names by its content, under assets/, is kept by
// browsers for ever; everything else is asked for again each time. A path without an extension that
// is no file is one of the pages' own routes, and gets the index.
func (a *api) pages() http.Handler {
	files := http.FileServerFS(a.Web)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			a.unknown(w, r)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		switch {
		case name == "" || name == "index.html":
			name = "index.html"
		case isFile(a.Web, name):
		case path.Ext(name) == "" && !strings.HasPrefix(name+"/", "assets/"):
			name = "index.html"
		default:
			problem(w, http.StatusNotFound, "there is nothing at "+r.URL.Path)
			return
		}
		w.Header().Set("Cache-Control", caching(name))
		if name == "index.html" {
			r = atRoot(r) // the file server answers any other path to an index with a redirect
		}
		files.ServeHTTP(w, r)
	})
}

func caching(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

func isFile(files fs.FS, name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && info.Mode().IsRegular()
}

// atRoot is the same request for the root.
func atRoot(r *http.Request) *http.Request {
	root := r.Clone(r.Context())
	root.URL.Path = "/"
	return root
}
