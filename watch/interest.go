package watch

// Interest says of which tasks a list tells; the zero value is all.
type Interest struct {
	// Owner is whose tasks; "" is anybody's. A task never changes its owner.
	Owner string
	// IDs are which tasks; nil is any, empty none.
	IDs []int64
}

// interests finds the lists that a change concerns, without looking at the others. Each
// list is in one index: by its ids if it has any, else by its owner. Guarded by Hub.mu.
type interests struct {
	all     lists
	byOwner map[string]lists
	byID    map[int64]lists
}

type lists map[*List]struct{}

func newInterests() interests {
	return interests{all: lists{}, byOwner: map[string]lists{}, byID: map[int64]lists{}}
}

func (in *interests) add(l *List) {
	in.all[l] = struct{}{}
	switch {
	case l.interest.IDs != nil:
		for _, id := range l.interest.IDs {
			put(in.byID, id, l)
		}
	case l.interest.Owner != "":
		put(in.byOwner, l.interest.Owner, l)
	default:
		put(in.byOwner, anybody, l)
	}
}

// anybody is the owner under which the lists are that tell of every task.
const anybody = ""

func (in *interests) remove(l *List) {
	delete(in.all, l)
	for _, id := range l.interest.IDs {
		drop(in.byID, id, l)
	}
	drop(in.byOwner, l.interest.Owner, l)
}

// of calls visit with each list that a change of the task concerns.
func (in *interests) of(id int64, owner string, visit func(*List)) {
	for l := range in.byID[id] {
		if l.interest.Owner == anybody || l.interest.Owner == owner {
			visit(l)
		}
	}
	for l := range in.byOwner[anybody] {
		visit(l)
	}
	if owner == anybody {
		return
	}
	for l := range in.byOwner[owner] {
		visit(l)
	}
}

func put[K comparable](index map[K]lists, key K, l *List) {
	if index[key] == nil {
		index[key] = lists{}
	}
	index[key][l] = struct{}{}
}

func drop[K comparable](index map[K]lists, key K, l *List) {
	delete(index[key], l)
	if len(index[key]) == 0 {
		delete(index, key)
	}
}
