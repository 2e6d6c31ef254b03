// Package sparkplugpb is the payload of Sparkplug B, generated from sparkplug_b.proto by make generate.
package sparkplugpb
