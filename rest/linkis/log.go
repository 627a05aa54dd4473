package linkis

import (
	"net/url"
	"strconv"
	"strings"

	"stepcast/tasks"
)

// logData is the data of log.
type logData struct {
	// Log is [error, warn, info, all], or one text with distinctLevel=false.
	Log any `json:"log"`
	identity
	// FromLine is the line to ask for next.
	FromLine int64 `json:"fromLine"`
}

// logWish is what the query of log asks for.
type logWish struct {
	// from is the number of the first line, from 1.
	from int64
	// size is the most lines to give.
	size int
	// distinct asks for four texts by level instead of one.
	distinct bool
}

// What log gives when the query does not say; a negative size asks for all there is.
const (
	logSizeDefault = 100
	logSizeMax     = tasks.MaxLogPage
)

// taskLog answers GET entrance/{id}/log. It goes on answering after the task has ended.
func taskLog(c *call) (answer, error) {
	wish, err := parseLogWish(c.r.URL.Query())
	if err != nil {
		return answer{}, err
	}
	t, err := c.target(question{verb: "read", unknown: textLogUnknown, load: c.poll})
	if err != nil {
		return answer{}, err
	}
	batch, err := c.Tasks.LogOf(c.r.Context(), t.Task, tasks.LogQuery{After: wish.from - 1, First: wish.size})
	if err != nil {
		return answer{}, err
	}
	data := logData{
		identity: t.identity(),
		// Never before the line that was asked for, which may lie beyond the end of the log.
		FromLine: max(wish.from, batch.Cursor+1),
	}
	if wish.distinct {
		data.Log = logByLevel(batch.Lines, c.Zone)
	} else {
		data.Log = wholeLog(batch.Lines, c.Zone)
	}
	return ok(textOK, data), nil
}

func parseLogWish(query url.Values) (logWish, error) {
	from, err := javaInt(query.Get("fromLine"), 0)
	if err != nil {
		return logWish{}, err
	}
	size, err := javaInt(query.Get("size"), logSizeDefault)
	if err != nil {
		return logWish{}, err
	}
	if size < 0 || size > logSizeMax {
		size = logSizeMax
	}
	return logWish{
		from: max(from, 1), size: int(size),
		// Anything but this one word leaves it on, as in Linkis.
		distinct: query.Get("distinctLevel") != "false",
	}, nil
}

// javaInt reads a query parameter as Java reads an int; blank is the fallback.
func javaInt(text string, fallback int64) (int64, error) {
	if strings.TrimSpace(text) == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, failedf("%s", notANumber(text))
	}
	return n, nil
}
