package progress

import "strings"

// levelWords are of what goes up and down, and has no end.
var levelWords = wordSet(`cpu mem memory ram swap disk usage used use free load idle avail available battery volume hit miss rate ratio coverage loss accuracy acc error errors saved reduced faster slower score confidence humidity discount tax`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// longestWord is longer than any word of a set, in bytes.
const longestWord = 16

// isLevel says whether a text has a word of a level.
func isLevel(text []byte) bool {
	var word [longestWord]byte
	n := 0
	for _, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c >= 'a' && c <= 'z' {
			if n < len(word) {
				word[n] = c
			}
			n++
			continue
		}
		if n > 0 && n < len(word) && levelWords[string(word[:n])] {
			return true
		}
		n = 0
	}
	return n > 0 && n < len(word) && levelWords[string(word[:n])]
}
