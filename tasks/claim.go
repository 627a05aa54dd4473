package tasks

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"stepcast/models"
)

// claimTries bounds the candidates tried when others claim at the same time.
const claimTries = 20

// Claim leases an external step to an outside worker: of the named task, or of the
// first in the queue that v may work on and that has all the labels. Claim.Task is
// nil when there is none.
func (s *Service) Claim(ctx context.Context, v models.Viewer, in ClaimInput) (Claim, error) {
	if in.ID != nil {
		return s.claimOutside(ctx, v, *in.ID)
	}
	owner := ""
	switch {
	case !v.Has(models.ScopeWork) || rights[opWork][v.Role] == nothing:
		return Claim{}, forbidden(v, opWork)
	case rights[opWork][v.Role] == own:
		owner = v.Name
	}
	if err := checkLabels(path{"labels"}, in.Labels); err != nil {
		return Claim{}, err
	}
	if _, err := s.Store.Promote(ctx); err != nil {
		return Claim{}, err
	}
	ids, err := s.Store.Ready(ctx, models.QueueExternal, in.Labels, owner, claimTries)
	if err != nil {
		return Claim{}, err
	}
	for _, id := range ids {
		claim, err := s.claimOutside(ctx, v, id)
		if code := models.CodeOf(err); code == models.CodeWrongState || code == models.CodeNotFound {
			continue // somebody else was faster
		}
		return claim, err
	}
	return Claim{}, nil
}

func (s *Service) claimOutside(ctx context.Context, v models.Viewer, id int64) (Claim, error) {
	row, err := s.Store.Task(ctx, id)
	if err != nil {
		return Claim{}, err
	}
	if err := claimable(v, row, s.queueOf(row)); err != nil {
		return Claim{}, err
	}
	step := row.CurrentStep().Number
	secret := rand.Text()
	worker := outsideWorker(step, secret)
	// The lease exists before the claim, so that nobody takes the task for abandoned.
	if err := s.Store.Heartbeat(ctx, models.Worker{ID: worker, Name: v.Name}, s.Lease); err != nil {
		return Claim{}, err
	}
	t, err := s.recorder.change(ctx, id, func(d *draft) error {
		if err := claimable(v, d.t, s.queueOf(d.t)); err != nil {
			return err
		}
		if d.t.CurrentStep().Number != step {
			return wrongState(d.t, "be claimed any more: it is at another step")
		}
		start(d, worker)
		return nil
	})
	if err != nil {
		_ = s.Store.RemoveWorker(context.WithoutCancel(ctx), worker) // it ends by itself otherwise
		return Claim{}, err
	}
	return Claim{
		Task: t, Step: step, LeaseSeconds: max(1, int(s.Lease.Seconds())),
		LeaseToken: fmt.Sprintf("%d.%d.%s", t.Fencing, step, secret),
	}, nil
}

func (s *Service) queueOf(t *models.Task) models.Queue { return t.Queue(s.Now()) }

func claimable(v models.Viewer, t *models.Task, q models.Queue) error {
	if err := authorize(v, opWork, t); err != nil {
		return err
	}
	switch q {
	case models.QueueExternal:
		return nil
	case models.QueueHeld:
		return models.Faultf(models.CodeWrongState, "task %d is claimed already", t.ID)
	case models.QueueDeferred:
		return models.Faultf(models.CodeWrongState, "task %d does not start before %s", t.ID, t.NotBefore.Format("2006-01-02T15:04:05Z"))
	}
	return models.Faultf(models.CodeWrongState, "task %d is %s and has no external step to claim", t.ID, t.Status)
}

// The id of an outside worker is "out-", the number of the step that its lease
// covers, and a digest of the secret in its lease token.
const outsidePrefix = "out-"

func outsideWorker(step int, secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return outsidePrefix + strconv.Itoa(step) + "-" + hex.EncodeToString(sum[:16])
}

func isOutside(worker string) bool { return strings.HasPrefix(worker, outsidePrefix) }

// outsideStep is the step that an outside worker's lease covers.
func outsideStep(worker string) (step int, ok bool) {
	if !isOutside(worker) {
		return 0, false
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(worker, outsidePrefix), "-")
	step, err := strconv.Atoi(number)
	return step, err == nil
}

// parseLeaseToken reads what claimOutside gave.
func parseLeaseToken(task int64, token string) (Lease, bool) {
	parts := strings.SplitN(token, ".", 3)
	if len(parts) != 3 {
		return Lease{}, false
	}
	fencing, err1 := strconv.ParseInt(parts[0], 10, 64)
	step, err2 := strconv.Atoi(parts[1])
	lease := Lease{Task: task, Worker: outsideWorker(step, parts[2]), Fencing: fencing}
	return lease, err1 == nil && err2 == nil
}

func errStaleLease() error {
	return models.Faultf(models.CodeStaleLease, "the lease has ended: the task went on without this worker; stop, and claim again")
}
