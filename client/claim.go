package client

import (
	"context"
	"fmt"
	"time"
)

// ClaimInput asks for a step of run type `external`: of the named task, or of the
// first in the queue that has all the labels.
type ClaimInput struct {
	// ID is a task; "" is any.
	ID     string
	Labels []Label
}

// Claim is a step that was leased to this client. Lease keeps it alive.
type Claim struct {
	Task *Task
	// Contents is what the lease covers: at least one. What SUCCEEDED in an earlier
	// attempt is final already.
	Contents []*StepContent
	// Token goes with each report.
	Token string
	// Duration is how long the lease holds without a report.
	Duration time.Duration
}

// Claim takes a step for an outside worker. ErrNothingToClaim when none matches.
func (c *Client) Claim(ctx context.Context, in ClaimInput) (*Claim, error) {
	vars := map[string]any{}
	setUnlessZero(vars, "id", in.ID)
	if len(in.Labels) > 0 {
		vars["labels"] = in.Labels
	}
	var data struct {
		Payload struct {
			Task         *Task          `json:"task"`
			Contents     []*StepContent `json:"contents"`
			LeaseToken   string         `json:"leaseToken"`
			LeaseSeconds int            `json:"leaseSeconds"`
			UserErrors   []userError    `json:"userErrors"`
		} `json:"payload"`
	}
	if err := c.Do(ctx, claimDocument, vars, &data); err != nil {
		return nil, err
	}
	p := data.Payload
	if err := userErrors(p.UserErrors); err != nil {
		return nil, err
	}
	if p.Task == nil {
		return nil, ErrNothingToClaim
	}
	if p.LeaseToken == "" || p.LeaseSeconds <= 0 || len(p.Contents) == 0 {
		return nil, fmt.Errorf("%w: a claim of task %s has no lease or no contents", ErrProtocol, p.Task.ID)
	}
	return &Claim{
		Task: p.Task, Contents: p.Contents, Token: p.LeaseToken,
		Duration: time.Duration(p.LeaseSeconds) * time.Second,
	}, nil
}

// Report is what an outside worker says; an empty one renews the lease.
type Report struct {
	Contents []ContentReport `json:"contents,omitempty"`
	// AddContents are added to the current step, after those it has.
	AddContents []ContentInput `json:"addContents,omitempty"`
	Log         []LogLineInput `json:"log,omitempty"`
}

// ContentReport is what became of one content; what is left empty is unchanged.
type ContentReport struct {
	ContentID string `json:"contentId"`
	Status    Status `json:"status,omitempty"`
	// Progress is 0 to 100.
	Progress     *float64     `json:"progress,omitempty"`
	Message      string       `json:"message,omitempty"`
	MessageTexts []LocaleText `json:"messageTexts,omitempty"`
}

// LogLineInput is a line to append to the log; a text with line breaks becomes several.
type LogLineInput struct {
	Text string `json:"text"`
	// Level is LevelInfo when empty.
	Level LogLevel `json:"level,omitempty"`
	// Stream is StreamStdout when empty.
	Stream LogStream `json:"stream,omitempty"`
	// ContentID names the content that wrote it; "" is the whole task.
	ContentID string `json:"contentId,omitempty"`
}

// ReportInput is a report under a lease.
type ReportInput struct {
	TaskID string `json:"taskId"`
	// LeaseToken is the Token of the claim.
	LeaseToken string `json:"leaseToken"`
	// Sequence goes up with each report; a report that comes twice counts once.
	Sequence int64 `json:"sequence"`
	Report
}

// Report sends one report and answers what the server wants of the worker: RUNNING to
// go on, PAUSING to pause, CANCELLING to stop. CodeStaleLease when the lease is over.
func (c *Client) Report(ctx context.Context, in ReportInput) (desired Status, err error) {
	var data struct {
		Payload struct {
			Desired    Status      `json:"desired"`
			UserErrors []userError `json:"userErrors"`
		} `json:"payload"`
	}
	if err := c.Do(ctx, reportDocument, map[string]any{"input": in}, &data); err != nil {
		return "", err
	}
	if err := userErrors(data.Payload.UserErrors); err != nil {
		return "", err
	}
	return data.Payload.Desired, nil
}
