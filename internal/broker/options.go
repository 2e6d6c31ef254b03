package broker

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/jwt/v2"
	server "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nuid"
)

// accounts keeps devices away from the log: a topic log/0 would otherwise be the log's subject
// log.0, and a subscription to # would read the log.
const accounts = `accounts { DEVICES { jetstream: enabled }, LOG { jetstream: enabled } }`

const (
	anyDevice = "device" // the user that a device without a password is
	logUser   = "log"    // the user of in-process connections
	adminUser = "admin"  // the user that administers the devices' store, in-process too
)

func (s *Server) options() (*server.Options, error) {
	o := &server.Options{}
	if err := o.ProcessConfigString(accounts); err != nil {
		return nil, fmt.Errorf("broker: accounts: %w", err)
	}
	users, err := s.users(o.Accounts)
	if err != nil {
		return nil, err
	}
	o.ServerName = "opscenter" // sessions are found again under this name
	o.Users = users
	o.NoAuthUser = logUser
	o.DontListen = true
	o.NoSigs = true
	o.DisableJetStreamBanner = true
	o.MaxPayload = maxPayload
	o.MaxPending = 64 << 20
	o.JetStream = true
	o.StoreDir = s.config.StoreDir
	o.SyncAlways = !s.config.Unsynced
	o.JetStreamMaxStore = cmp.Or(s.config.MaxStore, math.MaxInt64/4)
	o.JetStreamMaxMemory = 64 << 20
	o.MQTT = server.MQTTOpts{
		Host: s.host, Port: s.port,
		// A full disk queue answers late; the server would close the publisher's connection.
		JSAPITimeout:  time.Minute,
		AckWait:       cmp.Or(s.config.AckWait, 3*time.Second),
		MaxAckPending: cmp.Or(s.config.MaxAckPending, 1024),
	}
	if s.port == 0 {
		o.MQTT.Port = server.RANDOM_PORT
	}
	if s.config.Username == "" {
		o.MQTT.NoAuthUser = anyDevice
	}
	return o, nil
}

// users returns the device user and the log's. Each can be used over its own kind of connection
// only, and devices cannot speak to the store's administration.
func (s *Server) users(all []*server.Account) ([]*server.User, error) {
	byName := map[string]*server.Account{}
	for _, a := range all {
		byName[a.GetName()] = a
	}
	devices, log := byName["DEVICES"], byName["LOG"]
	if devices == nil || log == nil {
		return nil, fmt.Errorf("broker: accounts were not made")
	}
	return []*server.User{{
		Username: cmp.Or(s.config.Username, anyDevice), Password: s.config.Password, Account: devices,
		Permissions: &server.Permissions{
			Publish:   &server.SubjectPermission{Deny: []string{"$JS.>", "$SYS.>"}},
			Subscribe: &server.SubjectPermission{Deny: []string{"$JS.>", "$SYS.>"}},
		},
		AllowedConnectionTypes: map[string]struct{}{jwt.ConnectionTypeMqtt: {}, jwt.ConnectionTypeMqttWS: {}},
	}, {
		Username: adminUser, Password: s.admin.password, Account: devices,
		AllowedConnectionTypes: map[string]struct{}{jwt.ConnectionTypeInProcess: {}},
	}, {
		Username: logUser, Password: nuid.Next(), Account: log,
		AllowedConnectionTypes: map[string]struct{}{jwt.ConnectionTypeInProcess: {}},
	}}, nil
}
