// Package tasklog lets whoever may see a task download its log as a text: GET
// /tasks/690/log.txt, each line as the task wrote it, with a line break at its end.
//
// What is written while the download runs is not part of it. A download that broke off
// goes on with after, the number of the last line that arrived: lines are never changed.
package tasklog
