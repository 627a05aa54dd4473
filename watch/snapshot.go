package watch

import (
	"sync"

	"stepcast/models"
)

// maxForms bounds the encoded forms that one version of a task keeps.
const maxForms = 8

// Snapshot is a task at one version, as everyone is shown it. It is immutable; all who
// ask while it is the newest share it, and the forms in which adapters encode it.
// LogLines is exact; the other counters of the log may be as of an earlier line.
type Snapshot struct {
	*models.Task
	forms *forms
}

// forms are the encodings of one version of a task.
type forms struct {
	// mu guards encoded: by a key of a type that only one adapter knows.
	mu      sync.Mutex
	encoded map[any][]byte
}

func newSnapshot(t *models.Task) *Snapshot { return &Snapshot{Task: t, forms: &forms{}} }

// newer says whether s was committed after other, which may be nil.
func (s *Snapshot) newer(other *Snapshot) bool {
	return other == nil || s.Version > other.Version || s.Version == other.Version && s.LogLines > other.LogLines
}

// with is s, which has the version of t, with the counters of t.
func (s *Snapshot) with(t *models.Task) *Snapshot { return &Snapshot{Task: t, forms: s.forms} }

// Encoded gives one form of the snapshot, which encode makes unless somebody had it made
// before. The form may depend on nothing but the version and the key; the log's counters
// are no part of the version. A key is a comparable value of a type of the adapter's own.
func (s *Snapshot) Encoded(key any, encode func() ([]byte, error)) ([]byte, error) {
	f := s.forms
	f.mu.Lock()
	form, ok := f.encoded[key]
	f.mu.Unlock()
	if ok {
		return form, nil
	}
	form, err := encode()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.encoded) < maxForms {
		if f.encoded == nil {
			f.encoded = map[any][]byte{}
		}
		f.encoded[key] = form
	}
	return form, nil
}
