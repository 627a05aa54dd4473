package resolvers

import (
	"context"
	"fmt"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"

	"stepcast/internal/sharing"
	"stepcast/models"
	"stepcast/resolvers/scalar"
	"stepcast/tasks"
)

// NewPlan says how the subscriptions of the schema may be shared: those of a field with
// @shared, by all who may see what they are about.
func NewPlan(o Options) sharing.PlanFunc { return newResolver(o).plan }

// plan checks the right of this subscriber, as the field itself would.
func (r *Resolver) plan(ctx context.Context, resume *string) (sharing.Plan, bool) {
	op := graphql.GetOperationContext(ctx)
	field := graphql.CollectFields(op, op.Operation.SelectionSet, nil)[0]
	marked := field.Definition.Directives.ForName("shared")
	v, reader, err := r.caller(ctx)
	if marked == nil || err != nil {
		return sharing.Plan{}, false
	}
	plan := sharing.Plan{Scope: fmt.Sprintf("%q", reader.Languages)}
	if marked.Arguments.ForName("scope").Value.Raw == "VIEWER" {
		plan.Scope += fmt.Sprintf(" %q %q %t %q", v.Name, v.Role, v.Scopes == nil, v.Scopes)
	}
	arguments := field.ArgumentMap(op.Variables)
	if field.Name == "taskChanges" {
		plan.Mode = sharing.LatestOfEach
		return plan, true
	}
	id, err := scalar.UnmarshalID(arguments["id"])
	number, ok := models.ParseTaskID(id)
	if err != nil || !ok {
		return plan, false
	}
	now, err := r.service.Poll(ctx, v, number)
	if err != nil {
		return plan, false
	}
	plan.Variable = ownVariable(op.RawQuery, field.Arguments.ForName("after"))
	switch field.Name {
	case "taskProgress":
		plan.Mode, plan.Head = sharing.Latest, now.Version
	case "taskEvents":
		ok = planEvents(&plan, now.Task, arguments["after"], resume)
	case "taskLog":
		ok = planLog(&plan, now.Task, arguments["after"], resume)
	default:
		ok = false
	}
	return plan, ok
}

// planEvents places a reader of a task's events; false for arguments that are refused.
func planEvents(plan *sharing.Plan, now *models.Task, after any, resume *string) bool {
	cursor := ""
	if resume != nil {
		cursor = *resume
	} else if after != nil {
		var err error
		if cursor, err = scalar.UnmarshalString(after); err != nil {
			return false
		}
	}
	plan.Mode, plan.Head, plan.HeadCursor = sharing.Every, now.Version, models.EventID(now.ID, now.Version)
	plan.After = sharing.Unplaced
	if number, ok := tasks.EventPosition(now, cursor); ok {
		plan.After = number
	}
	return true
}

// planLog places a reader of a task's log.
func planLog(plan *sharing.Plan, now *models.Task, after any, resume *string) bool {
	line := int64(0)
	var err error
	if resume != nil {
		line, err = parseLine(*resume)
	} else if after != nil {
		line, err = scalar.UnmarshalLong(after)
	}
	plan.Mode, plan.Head, plan.HeadCursor = sharing.Every, now.LogLines, lineCursor(now.LogLines)
	plan.After = line
	if line > now.LogLines {
		plan.After = sharing.Unplaced
	}
	return err == nil && line >= 0
}

// lineCursor and parseLine are how a line of a log is named to clients that resume.
func lineCursor(line int64) string { return strconv.FormatInt(line, 10) }

func parseLine(cursor string) (int64, error) {
	line, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil {
		return 0, models.Invalid([]string{"after"}, "a log is resumed after a line number, not after %q", cursor)
	}
	return line, nil
}

// ownVariable is the variable that an argument is, if it is used nowhere else.
func ownVariable(document string, argument *ast.Argument) string {
	if argument == nil || argument.Value.Kind != ast.Variable {
		return ""
	}
	name, uses, dollar := argument.Value.Raw, 0, false
	lex := lexer.New(&ast.Source{Input: document})
	for {
		token, err := lex.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			break
		}
		if dollar && token.Value == name {
			uses++
		}
		dollar = token.Kind == lexer.Dollar
	}
	if uses != 2 { // where it is declared, and here
		return ""
	}
	return name
}

// place is the mark of an element; cursor is where a client resumes after it, if it can.
func place(at tasks.Mark, cursor string) sharing.Mark {
	return sharing.Mark{Key: at.Task, From: at.From, To: at.To, Told: at.Told, Cursor: cursor}
}
