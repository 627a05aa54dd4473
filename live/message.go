package live

import "time"

// message is one outbound message in two parts: the head is an operation's own, the
// tail may be shared by all that send the same. Both are immutable.
type message struct {
	head, tail []byte
	// told is when this process learned of what it tells; zero: it is no news.
	told time.Time
	// resync says that it tells its reader to read everything anew.
	resync bool
}

// messageOverhead is what a waiting message takes beside its text, in bytes.
const messageOverhead = 64

func (m message) size() int { return len(m.head) + len(m.tail) + messageOverhead }

// pending is a message that waits.
type pending struct {
	lane *lane
	key  int64
	message
}
