package progress

import (
	"bytes"
	"regexp"
)

// meter is a form that is recognised at first sight.
type meter struct {
	// kind is part of the key of its bars.
	kind string
	// literal is what every segment of this form has.
	literal string
	form    *regexp.Regexp
	// read gives the name and fraction by what the form matched; ok is false for what
	// only looked like it. A nil name is that of the only bar of its kind.
	read func(m match) (name []byte, fraction float64, ok bool)
	// message is the part of the match that says what is being done; 0 for the name.
	message int
	// drawn is for forms that are too plain to count where nothing is drawn over.
	drawn bool
	// bar is for forms that have one.
	bar bool
}

// match are the parts that a form matched.
type match [][]byte

// cells are what bars are drawn with besides the ASCII characters.
const cells = `█▉▊▋▌▍▎▏▓▒░━╸╺╍•■□●○`

// drawnBar is a bar between brackets, or one of the characters that nothing else uses.
const drawnBar = `(?:\[[=#*>\-.oO ` + cells + `]{5,}\]|\|[=#*>\-. ` + cells + `]{5,}\||[` + cells + `]{5,}[ ` + cells + `]*)`

const size = `([\d.]+) ?([kKMGTP]?i?)[Bb]?`

// meters are tried in order.
var meters = []meter{
	{
		kind: "tqdm", literal: "%|",
		form: regexp.MustCompile(`^(?:(.*?):?\s+)?(\d+)%\|[^|]*\|\s*(?:` + size + `/` + size + `)?`),
		read: readTqdm,
	},
	{
		kind: "git", literal: "% (",
		form: regexp.MustCompile(`^(?:remote: )?([A-Z][A-Za-z ]+):\s+(\d+)% \((\d+)/(\d+)\)`),
		read: func(m match) ([]byte, float64, bool) { f, ok := ratio(m[3], nil, m[4], nil); return m[1], f, ok },
	},
	{
		kind: "wget", literal: "%[",
		form: regexp.MustCompile(`^(.*?)\s*\b(\d+)%\[[=+> <]*\]`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[2]); return m[1], f, ok },
	},
	{
		kind: "wget", literal: "..",
		form: regexp.MustCompile(`^\d+[KMG][ .,]*[.,][ .,]*\s(\d+)%`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[1]); return nil, f, ok },
	},
	{
		kind: "aria2", literal: "%)",
		form: regexp.MustCompile(`^\[#([0-9a-f]{6}) .*?\((\d+)%\)`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[2]); return m[1], f, ok }, message: -1,
	},
	{
		kind: "pip", literal: "Progress ",
		form: regexp.MustCompile(`^Progress (\d+) of (\d+)$`),
		read: func(m match) ([]byte, float64, bool) { f, ok := ratio(m[1], nil, m[2], nil); return nil, f, ok },
	},
	{
		kind: "apt", literal: "Progress: [",
		form: regexp.MustCompile(`^Progress: \[\s*(\d+)%\]`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[1]); return nil, f, ok },
	},
	{
		kind: "apt", literal: "% [",
		form: regexp.MustCompile(`^(\d+)% \[(?:\d+ |Waiting|Working|Connecting|Connected)([^\]]*)`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[1]); return nil, f, ok }, message: 2,
	},
	{
		kind: "apt", literal: "... ",
		form: regexp.MustCompile(`^\(?([A-Z].*?) ?\.\.\. (\d+)%$`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[2]); return m[1], f, ok },
	},
	{
		kind: "docker", literal: "Step ",
		form: regexp.MustCompile(`^Step (\d+)/(\d+) : (.*)`),
		read: readBegun, message: 3,
	},
	{
		kind: "docker", literal: "#",
		form: regexp.MustCompile(`^#\d+ \[(?:[\w.-]+ +)?(\d+)/(\d+)\] (.*)`),
		read: readBegun, message: 3,
	},
	{
		kind: "make", literal: "%]",
		form: regexp.MustCompile(`^\[\s*(\d+)%\]\s*(.*)$`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[1]); return nil, f, ok }, message: 2,
	},
	{
		kind: "tail", literal: "%]",
		form: regexp.MustCompile(`^(.*\S)\s+\[\s*(\d+)%\]$`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[2]); return nil, f, ok }, message: 1,
	},
	{
		kind: "bar", bar: true, literal: "%",
		form: regexp.MustCompile(`^(.*?)` + drawnBar + `.*?(\d+(?:\.\d+)?) ?%`),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[2]); return nameOf(m[1]), f, ok }, message: 1,
	},
	{
		kind: "bar", bar: true, literal: "%",
		form: regexp.MustCompile(`^(.*?)(\d+(?:\.\d+)?) ?%.{0,3}?` + drawnBar),
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[2]); return nameOf(m[1]), f, ok }, message: 1,
	},
	{
		kind: "bar", bar: true, literal: "/",
		form: regexp.MustCompile(`^(.*?)` + drawnBar + `\s*` + size + ` ?/ ?` + size),
		read: func(m match) ([]byte, float64, bool) {
			f, ok := ratio(m[2], m[3], m[4], m[5])
			return nameOf(m[1]), f, ok
		}, message: 1,
	},
	{
		kind: "curl", literal: "%",
		form: regexp.MustCompile(`^#[#\s]*(\d+\.\d)%$`), drawn: true,
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[1]); return nil, f, ok },
	},
	{
		kind: "alone", literal: "%",
		form: regexp.MustCompile(`^(\d+(?:\.\d+)?)%(?: \d+)?(?: [-+UTR=.] (.*))?$`), drawn: true,
		read: func(m match) ([]byte, float64, bool) { f, ok := percent(m[1]); return nil, f, ok }, message: 2,
	},
}

// meter takes a segment that has the form of a meter; false for none.
func (p *Parser) meter(s *sight) bool {
	switch {
	case len(s.text) == 0:
		return false
	case p.curl(s), p.rsync.meter(p, s), p.layer(s), p.ffmpeg(s), p.dd(s):
		return true
	case !s.percent && !s.count:
		return false
	}
	for i := range meters {
		if p.metered(&meters[i], s) {
			return true
		}
	}
	return false
}

func (p *Parser) metered(form *meter, s *sight) bool {
	if form.drawn && !s.redrawn || form.bar && !s.bar || !bytes.Contains(s.text, []byte(form.literal)) {
		return false
	}
	m := match(form.form.FindSubmatch(s.text))
	if m == nil {
		return false
	}
	name, fraction, ok := form.read(m)
	if !ok {
		return false
	}
	message := name
	switch {
	case form.message > 0:
		message = m[form.message]
	case form.message < 0:
		message = nil
	}
	if form.kind == "git" {
		fraction, name = gitShare(name, fraction)
	}
	p.showBar(keyOf(form.kind, name), fraction, message)
	return true
}

func readTqdm(m match) (name []byte, fraction float64, ok bool) {
	if fraction, ok = ratio(m[3], m[4], m[5], m[6]); !ok {
		fraction, ok = percent(m[2])
	}
	return m[1], fraction, ok
}

// readBegun is for counts of what begins, not of what is done.
func readBegun(m match) (name []byte, fraction float64, ok bool) {
	begun, all := number(m[1]), number(m[2])
	return nil, (begun - 1) / all, begun >= 1 && begun <= all
}

// nameOf is what stands before a bar, when it is a name: numbers in it change.
func nameOf(before []byte) []byte {
	if bytes.ContainsAny(before, "0123456789") {
		return nil
	}
	return bytes.TrimSpace(before)
}
