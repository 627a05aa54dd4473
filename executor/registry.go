package executor

import (
	"maps"
	"slices"
)

// Registry has the executors by run type. It is a value: made once, read by many.
type Registry struct{ byName map[string]Executor }

// NewRegistry makes a registry. Of two executors with one name the later counts.
func NewRegistry(executors ...Executor) *Registry {
	r := &Registry{byName: make(map[string]Executor, len(executors))}
	for _, e := range executors {
		r.byName[e.Info().Name] = e
	}
	return r
}

// Get finds the executor of a run type, enabled or not.
func (r *Registry) Get(name string) (Executor, bool) {
	e, ok := r.byName[name]
	return e, ok
}

// Infos describes all run types, by name.
func (r *Registry) Infos() []Info {
	infos := make([]Info, 0, len(r.byName))
	for _, name := range slices.Sorted(maps.Keys(r.byName)) {
		infos = append(infos, r.byName[name].Info())
	}
	return infos
}
