package progress

import "hash/maphash"

const (
	// barsLimit is how many bars are kept apart; of more the one drawn longest ago is forgotten.
	barsLimit = 16
	// barPatience is how many sights a bar may be missing before it is forgotten.
	barPatience = 64
	// full is what counts as the end of a bar: many round.
	full = 0.995
)

var seed = maphash.MakeSeed()

// keyOf is the key of a bar by its kind and name.
func keyOf(kind string, name []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	_, _ = h.WriteString(kind)
	_ = h.WriteByte(0)
	_, _ = h.Write(name)
	return h.Sum64()
}

type bar struct {
	key      uint64
	fraction float64
	// drawn is the number of the sight that drew it last.
	drawn int
}

// bars are those of the current phase.
type bars struct {
	all    [barsLimit]bar
	n      int
	sights int
	phase  int
	// shown is the fraction of the phase, which does not fall.
	shown float64
}

// draw takes the fraction of a bar and gives that of the phase.
func (b *bars) draw(key uint64, fraction float64) (shown float64, phase int) {
	b.sights++
	b.forget()
	if at := b.find(key); at >= 0 {
		b.advance(at, fraction)
	} else {
		b.add(bar{key, fraction, b.sights})
	}
	least := 1.0
	for _, each := range b.all[:b.n] {
		least = min(least, each.fraction)
	}
	b.shown = max(b.shown, least)
	return b.shown, b.phase
}

// advance moves a bar. One that falls far begins again; one that falls a little has
// learned of more to do, and waits where it is.
func (b *bars) advance(at int, fraction float64) {
	each := &b.all[at]
	each.drawn = b.sights
	again := fraction < each.fraction/2 || each.fraction >= full && fraction < full
	switch {
	case again && b.n == 1:
		b.next()
		b.add(bar{each.key, fraction, b.sights})
	case again:
		each.fraction = fraction
	default:
		each.fraction = max(each.fraction, fraction)
	}
}

// next begins a phase.
func (b *bars) next() {
	b.phase++
	b.n, b.shown = 0, 0
}

func (b *bars) add(new bar) {
	if b.allFull() {
		b.next()
	}
	if b.n == len(b.all) {
		b.drop(b.oldest())
	}
	b.all[b.n] = new
	b.n++
}

// allFull is true also of no bar at all, as before the first phase.
func (b *bars) allFull() bool {
	for _, each := range b.all[:b.n] {
		if each.fraction < full {
			return false
		}
	}
	return b.n > 0 || b.phase == 0
}

func (b *bars) find(key uint64) int {
	for i := range b.all[:b.n] {
		if b.all[i].key == key {
			return i
		}
	}
	return -1
}

// behind says whether there is a bar that has not come as far.
func (b *bars) behind(key uint64, fraction float64) bool {
	at := b.find(key)
	return at >= 0 && b.all[at].fraction < fraction
}

func (b *bars) oldest() (at int) {
	for i := range b.all[:b.n] {
		if b.all[i].drawn < b.all[at].drawn {
			at = i
		}
	}
	return at
}

// forget drops bars that are not drawn any more.
func (b *bars) forget() {
	for i := b.n - 1; i >= 0; i-- {
		if b.n > 1 && b.sights-b.all[i].drawn > barPatience {
			b.drop(i)
		}
	}
}

func (b *bars) drop(at int) {
	copy(b.all[at:], b.all[at+1:b.n])
	b.n--
}
