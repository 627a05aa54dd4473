package progress

import (
	"bytes"
	"math"
	"regexp"
)

var rsyncForm = regexp.MustCompile(`^[\d,.]+[KMGTP]?\s+(\d+)%\s+[\d.,]+[kKMGTP]?i?B/s\s+[\d:?]+(?:\s+\((?:xfr#\d+, )?(?:to|ir)-chk=(\d+)/(\d+)\))?`)

// rsync tells its two meters apart. That of --info=progress2 is of the whole. That of
// --progress is of one file, whose name stands in a line before; how many files are left
// it says at the end of each.
type rsync struct {
	// name is the line before, when it may be the name of a file.
	name     [MessageLimit]byte
	nameSize int
	// files is how many files there are, as far as is known; done how many are through.
	files, done float64
}

// before takes a segment that is no meter.
func (r *rsync) before(s *sight) {
	r.nameSize = 0
	if s.end != newLine || bytes.HasSuffix(s.text, []byte("file list")) || bytes.HasSuffix(s.text, []byte("done")) {
		return
	}
	r.nameSize = copy(r.name[:], s.text)
}

// meter takes a line of a meter of rsync's.
func (r *rsync) meter(p *Parser, s *sight) bool {
	if !s.percent || !bytes.Contains(s.text, []byte("B/s")) {
		return false
	}
	m := rsyncForm.FindSubmatch(s.text)
	if m == nil {
		return false
	}
	fraction, ok := percent(m[1])
	if !ok {
		return false
	}
	perFile := r.nameSize > 0
	if perFile {
		fraction = r.ofFiles(fraction, m[2], m[3])
	}
	message := r.name[:r.nameSize]
	if math.IsNaN(fraction) {
		p.showMoving(message)
	} else {
		p.showBar(keyOf("rsync", nil), fraction, message)
	}
	if s.end == newLine && m[2] != nil {
		r.nameSize = 0 // the next one is told before its meter
	}
	return true
}

// ofFiles is the fraction of all files by that of one; NaN while nobody knows how many
// there are.
func (r *rsync) ofFiles(fraction float64, left, all []byte) float64 {
	if files := number(all); files > 0 {
		r.files, r.done = files, max(r.done, files-number(left))
		return min(1, r.done/r.files)
	}
	if r.files == 0 {
		return math.NaN()
	}
	return min(1, (r.done+fraction)/r.files)
}
