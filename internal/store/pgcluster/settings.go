package pgcluster

import (
	"maps"
	"slices"
)

// arguments are the server's settings as its command line. They suit a store that mostly inserts,
// on a machine that it shares with the rest of the center.
func (c *Cluster) arguments() []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": c.socket,
		"port":                    "5432", // it only names the socket
		"max_connections":         "40",
		"shared_buffers":          "128MB",
		"maintenance_work_mem":    "64MB",
		"wal_level":               "minimal", // nobody replicates a private cluster
		"max_wal_senders":         "0",
		"max_wal_size":            "1GB",
		"checkpoint_timeout":      "15min",
		"synchronous_commit":      "on",
		"autovacuum":              "on",
		"autovacuum_max_workers":  "2",
		"max_worker_processes":    "2",
		"max_parallel_workers":    "0",
		"jit":                     "off",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"log_min_messages":        "log", // errors go to the client, and duplicates are no errors of ours
		"log_line_prefix":         "",
		"logging_collector":       "off",
		"cluster_name":            "opscenter",
	}
	if c.config.Volatile {
		settings["fsync"] = "off"
		settings["full_page_writes"] = "off"
	}
	maps.Copy(settings, c.config.Settings)
	var arguments []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		arguments = append(arguments, "-c", name+"="+settings[name])
	}
	return arguments
}
