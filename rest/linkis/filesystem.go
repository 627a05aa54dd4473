package linkis

import (
	"strings"

	"stepcast/models"
	"stepcast/tasks"
)

// The coded errors of Linkis' file system (WorkspaceExceptionManager), letter by letter.
func errEmptyPath(path string) error {
	return codedf(80004, "The path:%s is empty(路径:%[1]s 为空)!", path)
}

func errNoPermission(user, path string) error {
	return codedf(80010, "The user: %s has no permission to view the contents of the directory:%s(该用户:%[1]s无权限查看该目录:%[2]s的内容).", user, path)
}

func errNoFile(path string) error {
	return codedf(80013, "File: %s does not exist(文件:%[1]s不存在)", path)
}

func errTooManyRows(most int) error {
	return codedf(80034, "The result set exceeds %d rows and page viewing is currently not supported. Please download to view or view in the shared directory(结果集行数超过%[1]d行，暂不支持页面查看。请下载查看或在共享目录中查看)", most)
}

var errTooLarge = codedf(80032, "The file size exceeds 30M and page viewing is currently not supported. Please download to view or view in a shared directory(文件大小超过30M，暂不支持页面查看。请下载查看或在共享目录中查看)")

var errColumnPage = codedf(80036, "Parameter error, page size is incorrect, please pass in a number within [1-500] (分页参数错误，页码从1开始，页大小需在[1-500]范围内，获取的列索引需在实际结果集列数范围内)")

// shownPath is a path as refusals repeat it.
func shownPath(path string) string {
	return shortened(strings.ToValidUTF8(path, "\uFFFD"))
}

// place reads the path of the query.
func (c *call) place() (p place, sent string, err error) {
	sent = c.r.URL.Query().Get("path")
	if strings.TrimSpace(sent) == "" {
		return place{}, "", errEmptyPath(shownPath(sent))
	}
	return parsePlace(sent), shownPath(sent), nil
}

// filed puts the refusal of a task or result into the words of the file system.
func (c *call) filed(err error, path string) error {
	f := models.AsFault(err)
	switch {
	case f == nil || f.Code != models.CodeNotFound:
		return err
	case f.Foreign:
		return errNoPermission(c.viewer.Name, path)
	}
	return errNoFile(path)
}

// dirFileTrees is the data of getDirFileTrees; null for a directory that does not exist.
type dirFileTrees struct {
	DirFileTrees *fileTree `json:"dirFileTrees"`
}

// fileTree is a directory or a file: DirFileTree of Linkis.
type fileTree struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// Properties is null for a directory.
	Properties *fileProperties `json:"properties"`
	// Children is null for a file.
	Children   []fileTree `json:"children"`
	IsLeaf     bool       `json:"isLeaf"`
	ParentPath *string    `json:"parentPath"`
}

// fileProperties are a size in bytes and an instant in milliseconds since 1970, as texts.
type fileProperties struct {
	Size       string `json:"size"`
	ModifyTime string `json:"modifytime"`
}

// listResults answers GET filesystem/getDirFileTrees with the results of a task. Binary
// files are left out: nothing of Linkis could open them.
func listResults(c *call) (answer, error) {
	p, sent, err := c.place()
	if err != nil {
		return answer{}, err
	}
	if p.kind != placeResults {
		return okAnswer(dirFileTrees{}), nil
	}
	results, err := c.Tasks.Results(c.r.Context(), c.viewer, p.task)
	if f := models.AsFault(err); f != nil && f.Code == models.CodeNotFound && !f.Foreign {
		return okAnswer(dirFileTrees{}), nil
	}
	if err != nil {
		return answer{}, c.filed(err, sent)
	}
	parent := resultsPath(p.task)
	tree := fileTree{Name: resultsName, Path: parent, Children: []fileTree{}}
	for _, r := range results {
		if r.Format != models.FormatBinary {
			tree.Children = append(tree.Children, resultFile(parent, r))
		}
	}
	return okAnswer(dirFileTrees{&tree}), nil
}

func resultFile(parent string, r models.Result) fileTree {
	file := fileTree{Name: resultName(r.Number), IsLeaf: true, ParentPath: &parent}
	file.Path = parent + "/" + file.Name
	file.Properties = &fileProperties{Size: decimal(r.Bytes), ModifyTime: decimal(r.CreatedAt.UnixMilli())}
	if r.FinishedAt != nil {
		file.Properties.ModifyTime = decimal(r.FinishedAt.UnixMilli())
	}
	return file
}

// logFour is the data of openLog: [error, warn, info, all].
type logFour struct {
	Log [4]string `json:"log"`
}

// openLogBytes bounds the text of a log that is opened whole.
const openLogBytes = 8 << 20

// openLog answers GET filesystem/openLog: the whole log, each line with a line break at
// its end. One that is longer than openLogBytes ends with a line that says where to read on.
func openLog(c *call) (answer, error) {
	p, sent, err := c.place()
	if err != nil {
		return answer{}, err
	}
	if p.kind != placeLog {
		return answer{}, errNoFile(sent)
	}
	var texts [4]strings.Builder
	for after := int64(0); ; {
		batch, err := c.Tasks.Log(c.r.Context(), c.viewer, p.task, tasks.LogQuery{After: after, First: tasks.MaxLogPage})
		if err != nil {
			return answer{}, c.filed(err, sent)
		}
		cut := c.appendLines(&texts, batch.Lines)
		if cut || batch.CaughtUp || batch.Cursor <= after {
			break
		}
		after = batch.Cursor
	}
	var data logFour
	for i := range texts {
		data.Log[i] = texts[i].String()
	}
	return okAnswer(data), nil
}

// appendLines adds lines to the four texts, and says whether they are full.
func (c *call) appendLines(texts *[4]strings.Builder, lines []models.LogLine) (cut bool) {
	add := func(level int, text string) {
		for _, i := range []int{level, textAll} {
			texts[i].WriteString(text)
			texts[i].WriteByte('\n')
		}
	}
	stamp := stamper{zone: c.Zone}
	for i := range lines {
		line := &lines[i]
		text := stamp.line(line)
		if texts[textAll].Len()+len(text) > openLogBytes {
			note := "The log goes on. Read the rest from entrance/<id>/log?fromLine=" + decimal(line.Number)
			add(textWarn, stamp.line(&models.LogLine{At: line.At, Level: models.Warn, Stream: models.System, Text: note}))
			return true
		}
		add(levelOf(line), text)
	}
	return false
}
