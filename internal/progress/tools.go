package progress

import (
	"bytes"
	"regexp"
)

// gitShares are the parts of one rise that git's bars have, in the order in which they
// come: receiving or sending is what takes long.
var gitShares = map[string][2]float64{
	"Enumerating objects": {0, 0.01}, "Counting objects": {0.01, 0.02}, "Compressing objects": {0.02, 0.05},
	"Receiving objects": {0.05, 0.8}, "Unpacking objects": {0.05, 0.8}, "Writing objects": {0.05, 0.8},
	"Resolving deltas": {0.8, 0.9}, "Updating files": {0.9, 1}, "Checking out files": {0.9, 1}, "Filtering content": {0.9, 1},
}

// gitShare is where a bar of git's stands in the one rise of all. Other programs that
// draw the same form have bars of their own.
func gitShare(name []byte, fraction float64) (float64, []byte) {
	share, known := gitShares[string(name)]
	if !known {
		return fraction, name
	}
	return share[0] + fraction*(share[1]-share[0]), nil
}

// curl takes a line of curl's table of twelve columns.
func (p *Parser) curl(s *sight) bool {
	if !s.redrawn || !isDigit(s.text[0]) {
		return false
	}
	var columns [12][]byte
	n := 0
	for field := range bytes.FieldsSeq(s.text) {
		if n == len(columns) {
			return false
		}
		columns[n] = field
		n++
	}
	if n != len(columns) || !isTime(columns[8]) || !isTime(columns[9]) || !isTime(columns[10]) {
		return false
	}
	fraction, ok := percent(columns[0])
	switch {
	case !ok:
		return false
	case string(columns[1]) == "0":
		p.showMoving(nil) // the size is not known
	default:
		p.showBar(keyOf("curl", nil), fraction, nil)
	}
	return true
}

func isTime(b []byte) bool {
	colons := 0
	for _, c := range b {
		switch {
		case c == ':':
			colons++
		case !isDigit(c) && c != '-':
			return false
		}
	}
	return colons == 2
}

var (
	layerForm = regexp.MustCompile(`^([0-9a-f]{12}): (Pulling fs layer|Waiting|Downloading|Verifying Checksum|Download complete|Extracting|Pull complete|Already exists)\b(?:.*?` + size + `/` + size + `)?`)
	// layerDone is what is done of a layer when a state begins, and what when it ends.
	layerDone = map[string][2]float64{
		"Downloading": {0, 0.7}, "Verifying Checksum": {0.7, 0.7}, "Download complete": {0.7, 0.7},
		"Extracting": {0.7, 1}, "Pull complete": {1, 1}, "Already exists": {1, 1},
	}
)

// layersLimit is how many layers of an image are counted; images have no more than 127.
const layersLimit = 128

// layers are those of the image that docker pulls, by their ids.
type layers struct {
	done map[[12]byte]float64
}

// layer takes a line about a layer.
func (p *Parser) layer(s *sight) bool {
	if len(s.text) < 16 || s.text[12] != ':' {
		return false
	}
	m := layerForm.FindSubmatch(s.text)
	if m == nil {
		return false
	}
	state := layerDone[string(m[2])]
	fraction, _ := ratio(m[3], m[4], m[5], m[6]) // not a number without a count
	if !(fraction >= 0) {
		fraction = 0
	}
	l := &p.layers
	if l.done == nil || len(l.done) == layersLimit {
		l.done = map[[12]byte]float64{}
	}
	id := [12]byte(m[1])
	l.done[id] = max(l.done[id], state[0]+fraction*(state[1]-state[0]))
	sum := 0.0
	for _, done := range l.done {
		sum += done
	}
	p.showBar(keyOf("docker pull", nil), sum/float64(len(l.done)), m[2])
	return true
}

var (
	durationForm = regexp.MustCompile(`^Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)`)
	timeForm     = regexp.MustCompile(`(?:^out_|(?:size|bitrate)=.*)time=\s*(\d+):(\d\d):(\d\d(?:\.\d+)?)`)
)

// ffmpeg takes the length of what it reads, and the time that it has come to. Of several
// inputs the longest counts.
func (p *Parser) ffmpeg(s *sight) bool {
	if m := prefixed(durationForm, s.text, "Duration: "); m != nil {
		p.duration = max(p.duration, clock(m[1], m[2], m[3]))
		return true
	}
	if !bytes.Contains(s.text, []byte("time=")) {
		return false
	}
	m := timeForm.FindSubmatch(s.text)
	if m == nil {
		return false
	}
	if p.duration <= 0 {
		p.showMoving(s.text)
		return true
	}
	p.showBar(keyOf("ffmpeg", nil), min(1, clock(m[1], m[2], m[3])/p.duration), nil)
	return true
}

func prefixed(form *regexp.Regexp, text []byte, literal string) [][]byte {
	if !bytes.HasPrefix(text, []byte(literal)) {
		return nil
	}
	return form.FindSubmatch(text)
}

var ddForm = regexp.MustCompile(`^\d+ bytes (?:\(([^)]*)\) )?(?:copied|transferred)\b`)

// dd takes how much was copied; dd does not know of how much.
func (p *Parser) dd(s *sight) bool {
	if !isDigit(s.text[0]) || !bytes.Contains(s.text, []byte(" bytes ")) || !ddForm.Match(s.text) {
		return false
	}
	p.showMoving(s.text)
	return true
}
