package progress

import "math"

// Progress is how far a program has come.
type Progress struct {
	// Fraction is 0 to 1, and NaN when the program shows that it moves but not how far.
	Fraction float64
	// Message says what is being done, in the program's words; it may be empty. It is
	// valid UTF-8 without control characters, at most MessageLimit bytes.
	Message string
	// Phase counts the phases from 1. The fraction falls only when it goes up.
	Phase int
}

// Known says whether there is a fraction.
func (p Progress) Known() bool { return !math.IsNaN(p.Fraction) }

const (
	// MessageLimit is the length of a message in bytes.
	MessageLimit = 160
	// SegmentLimit is the length of a segment in bytes; what is longer is no meter.
	SegmentLimit = 512
)

// Parser reads one output stream. It is an io.Writer that takes everything and gives no
// error, and is not safe for concurrent use.
type Parser struct {
	tell func(Progress)
	last Progress

	segment segment
	bars    bars
	hints   hints
	layers  layers
	rsync   rsync
	// duration is of what ffmpeg converts, in seconds; 0 while unknown.
	duration float64
	// glancing is whether the segment that is looked at may go on.
	glancing bool
}

// NewParser makes a parser that calls tell with each change, out of Write.
func NewParser(tell func(Progress)) *Parser {
	return &Parser{tell: tell, last: Progress{Fraction: math.NaN()}}
}

// Write implements io.Writer.
func (p *Parser) Write(b []byte) (int, error) {
	for _, c := range b {
		if p.segment.returned && c != '\n' && c != '\r' {
			p.end(drawnOver)
		}
		if end, over := p.segment.take(c); over {
			p.end(end)
		}
	}
	if p.segment.closed() {
		p.glance()
	}
	return len(b), nil
}

func (p *Parser) end(end ending) {
	p.look(end)
	p.segment.begin(end)
}

// look takes what stands in a segment that is complete.
func (p *Parser) look(end ending) {
	text := p.segment.text()
	if len(text) == 0 {
		return
	}
	s := sight{text: text, redrawn: p.segment.redrawn || end == drawnOver, end: end}
	s.find()
	if p.meter(&s) {
		return
	}
	p.rsync.before(&s)
	if s.hasNumber() {
		p.hint(&s)
	}
}

// Close takes what stands in the last segment. Nothing may be written any more.
func (p *Parser) Close() {
	end := newLine
	if p.segment.returned {
		end = drawnOver
	}
	p.end(end)
}

// glance takes what stands in a segment that may go on: programs draw a meter and leave
// the cursor behind it. Only what closes itself can be understood before the end, and
// only a bar that is known already moves. After a carriage return the segment is whole,
// and it is only open what draws over it.
func (p *Parser) glance() {
	p.glancing = !p.segment.returned
	defer func() { p.glancing = false }()
	s := sight{text: p.segment.text(), redrawn: p.segment.redrawn, end: unfinished}
	s.find()
	p.meter(&s)
}

// show tells of a fraction and a message, if they are new.
func (p *Parser) show(fraction float64, phase int, message string) {
	next := Progress{Fraction: fraction, Message: message, Phase: max(1, phase)}
	same := next.Fraction == p.last.Fraction || !next.Known() && !p.last.Known()
	if same && next.Message == p.last.Message && next.Phase == p.last.Phase {
		return
	}
	p.last = next
	p.tell(next)
}

// showBar takes what a bar shows; its key is its name.
func (p *Parser) showBar(key uint64, fraction float64, message []byte) {
	if p.glancing {
		if p.bars.behind(key, fraction) {
			fraction, phase := p.bars.draw(key, fraction)
			p.show(fraction, phase, p.last.Message)
		}
		return
	}
	fraction, phase := p.bars.draw(key, fraction)
	p.show(fraction, phase, p.text(message))
}

// showMoving takes what moves without saying how far.
func (p *Parser) showMoving(message []byte) {
	if p.last.Known() || p.glancing {
		return // another meter knows
	}
	p.show(math.NaN(), p.bars.phase, p.text(message))
}

// text makes a message, without an allocation when it is the last one.
func (p *Parser) text(message []byte) string {
	message = trimMessage(message)
	if string(message) == p.last.Message {
		return p.last.Message
	}
	return clean(message)
}
