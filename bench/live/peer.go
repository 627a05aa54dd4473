package main

import "time"

// patience is how long anything that must come is waited for, on a machine that may do
// many other things.
const patience = 30 * time.Second

// The servers that are compared.
const (
	peerStepcast = "stepcast"
	peerGorilla  = "gorilla"
	peerGQLGen   = "gqlgen"
)

var peers = []string{peerStepcast, peerGorilla, peerGQLGen}

// subprotocol is what all servers and subscribers speak.
const subprotocol = "graphql-transport-ws"

// ackMessage answers connection_init.
const ackMessage = `{"type":"connection_ack"}`
