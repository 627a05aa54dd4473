package client

import (
	"context"
	"fmt"
	"time"
)

// Server is what a server says of itself. Behind one address there may be several.
type Server struct {
	// Version is that of the program: "v1.2.3", or "(devel)".
	Version   string    `json:"version"`
	StartedAt time.Time `json:"startedAt"`
	// Time is the server's clock as it answered.
	Time time.Time `json:"time"`
	// Database is its kind, "sqlite" or "mysql"; "" for whom may not manage users.
	Database string     `json:"database"`
	Limits   TaskLimits `json:"limits"`
}

// TaskLimits are what a submission may be at most. Text lengths are in characters.
type TaskLimits struct {
	Steps           int `json:"steps"`
	Contents        int `json:"contents"`
	TextLength      int `json:"textLength"`
	CodeBytes       int `json:"codeBytes"`
	ParamsBytes     int `json:"paramsBytes"`
	VariablesBytes  int `json:"variablesBytes"`
	Labels          int `json:"labels"`
	LabelKeyBytes   int `json:"labelKeyBytes"`
	LabelValueBytes int `json:"labelValueBytes"`
	// Priority is the highest; the lowest is as far below 0.
	Priority       int `json:"priority"`
	TimeoutSeconds int `json:"timeoutSeconds"`
	MaxAttempts    int `json:"maxAttempts"`
	BackoffSeconds int `json:"backoffSeconds"`
}

// Server says what the server is, and what it takes.
func (c *Client) Server(ctx context.Context) (*Server, error) {
	var data struct {
		Server *Server `json:"server"`
	}
	if err := c.Do(ctx, serverDocument, nil, &data); err != nil {
		return nil, err
	}
	if data.Server == nil {
		return nil, fmt.Errorf("%w: no server", ErrProtocol)
	}
	return data.Server, nil
}
