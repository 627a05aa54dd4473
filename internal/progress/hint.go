package progress

import (
	"bytes"
	"hash/maphash"
	"regexp"
)

const (
	// hintsLimit is how many shapes are kept apart; of more the one seen longest ago is forgotten.
	hintsLimit = 32
	// fallsLimit is how often a shape may fall before it is taken for a ratio.
	fallsLimit = 3
	// nearEnd is from where a fall is the beginning of the next run.
	nearEnd = 0.9
	// numbersLimit is how many numbers may stand before a candidate: more are a table.
	numbersLimit = 2
)

// evidence is how often a candidate must have been seen, rising each time.
const (
	enough      = 2 // in brackets, drawn over, or a bar
	enoughPlain = 3
)

var (
	percentForm   = regexp.MustCompile(`(\d+(?:\.\d+)?) ?%`)
	bracketedForm = regexp.MustCompile(`[\[(]\s*(\d+)\s*(?:/| of )\s*(\d+)\s*[\])]`)
	countForm     = regexp.MustCompile(`(\d+)(?: ?/ ?| of )(\d+)`)
	barForm       = regexp.MustCompile(`[\[|]([=#*` + cells + `-]*[>oO]?)([ .\-_]*)[\]|]`)
	stampForm     = regexp.MustCompile(`^\W?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d`)
)

// candidate is what may be progress.
type candidate struct {
	// shape is what must be the same when it comes again.
	shape    uint64
	fraction float64
	// need is how often it has to be seen.
	need    int
	message []byte
}

// seen is what is known of a shape.
type seen struct {
	shape    uint64
	fraction float64
	// rises counts the sights in a row that rose; falls those that did not.
	rises, falls int
	// proven is whether it counts.
	proven bool
	at     int
}

// hints remembers candidates.
type hints struct {
	all    [hintsLimit]seen
	n      int
	sights int
}

// hint takes a segment that is no meter.
func (p *Parser) hint(s *sight) {
	c, ok := s.candidate()
	if ok && p.hints.prove(c) {
		p.showBar(c.shape, c.fraction, c.message)
	}
}

// prove remembers a candidate, and says whether it counts by now.
func (h *hints) prove(c candidate) bool {
	h.sights++
	known := h.of(c)
	known.at = h.sights
	switch {
	case known.falls >= fallsLimit:
		return false
	case c.fraction > known.fraction:
		known.rises++
	case c.fraction < known.fraction:
		if known.fraction < nearEnd {
			known.falls++
		}
		known.rises, known.proven = 1, false
	}
	known.fraction = c.fraction
	known.proven = known.proven || known.rises >= c.need
	return known.proven
}

// of finds what is known of a candidate; of a new one that it was seen from below.
func (h *hints) of(c candidate) *seen {
	oldest := 0
	for i := range h.all[:h.n] {
		if h.all[i].shape == c.shape {
			return &h.all[i]
		}
		if h.all[i].at < h.all[oldest].at {
			oldest = i
		}
	}
	if h.n < len(h.all) {
		oldest = h.n
		h.n++
	}
	h.all[oldest] = seen{shape: c.shape, fraction: -1}
	return &h.all[oldest]
}

// candidate finds what may be progress in a segment.
func (s *sight) candidate() (candidate, bool) {
	if c, ok := s.percentage(); ok {
		return c, true
	}
	if c, ok := s.counted(bracketedForm, "bracketed", enough); ok {
		return c, true
	}
	if c, ok := s.counted(countForm, "count", enoughPlain); ok {
		return c, true
	}
	return s.bareBar()
}

func (s *sight) percentage() (c candidate, ok bool) {
	if !s.percent {
		return c, false
	}
	at := percentForm.FindSubmatchIndex(s.text)
	if at == nil {
		return c, false
	}
	before, after := s.text[:at[0]], s.text[at[1]:]
	if !stands(before, after) || isLevel(s.text) {
		return c, false
	}
	c.fraction, ok = percent(s.text[at[2]:at[3]])
	c.need = enoughPlain
	if s.redrawn {
		c.need = enough
	}
	return c.named("percent", before, after, nil), ok
}

func (s *sight) counted(form *regexp.Regexp, kind string, need int) (c candidate, ok bool) {
	if !s.count {
		return c, false
	}
	at := form.FindSubmatchIndex(s.text)
	if at == nil {
		return c, false
	}
	before, after := s.text[:at[0]], s.text[at[1]:]
	total := s.text[at[4]:at[5]]
	if !stands(before, after) || isLevel(before) || number(total) < 2 {
		return c, false
	}
	c.fraction, ok = ratio(s.text[at[2]:at[3]], nil, total, nil)
	c.need = need
	return c.named(kind, before, after, total), ok && c.fraction <= 1
}

// bareBar is a bar without a number: its filled part counts.
func (s *sight) bareBar() (c candidate, ok bool) {
	const narrowest = 10
	at := barForm.FindSubmatchIndex(s.text)
	if at == nil {
		return c, false
	}
	filled, rest := runes(s.text[at[2]:at[3]]), runes(s.text[at[4]:at[5]])
	if filled+rest < narrowest {
		return c, false
	}
	c.fraction, c.need = float64(filled)/float64(filled+rest), enough
	return c.named("bare", s.text[:at[0]], s.text[at[1]:], []byte{byte(filled + rest)}), true
}

func runes(b []byte) int { return len(bytes.Runes(b)) }

// stands says whether a number stands by itself, and not in a date, a path, a version, a
// sum or a table.
func stands(before, after []byte) bool {
	if n := len(before); n > 0 {
		switch c := before[n-1]; {
		case isDigit(c), c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', bytes.IndexByte([]byte("/.,-+_<>$"), c) >= 0:
			return false
		}
	}
	if len(after) > 0 {
		switch c := after[0]; {
		case isDigit(c), c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', bytes.IndexByte([]byte("/-_%"), c) >= 0:
			return false
		case c == '.' && len(after) > 1 && isDigit(after[1]):
			return false
		}
	}
	return !bytes.HasPrefix(after, []byte(" /")) && numbersIn(before[len(stampForm.Find(before)):]) <= numbersLimit
}

func numbersIn(b []byte) (n int) {
	inside := false
	for _, c := range b {
		if digit := isDigit(c); digit != inside {
			inside = digit
			if digit {
				n++
			}
		}
	}
	return n
}

// named gives a candidate its shape: its kind, what stands before it without its digits,
// and its total. Its message is what stands before it, or else behind.
func (c candidate) named(kind string, before, after, total []byte) candidate {
	var h maphash.Hash
	h.SetSeed(seed)
	_, _ = h.WriteString(kind)
	inside := false
	for _, each := range before {
		digit := isDigit(each)
		switch {
		case !digit:
			_ = h.WriteByte(each)
		case !inside:
			_ = h.WriteByte('0') // any number
		}
		inside = digit
	}
	_ = h.WriteByte(0)
	_, _ = h.Write(total)
	c.shape = h.Sum64()
	c.message = before
	if len(trimMessage(before)) == 0 {
		c.message = after
	}
	return c
}
