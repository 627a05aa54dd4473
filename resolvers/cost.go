package resolvers

import (
	"time"

	"stepcast/auth"

	"stepcast/graph"
	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/tasks"
)

// What fields cost beside the one that each field does.
const (
	// costStatement is for a field that asks the database once for each task.
	costStatement = 5
	// costFigures is for a field that counts tasks, thousands of them.
	costFigures = 500
	// costSamples is for a field that asks the database some ten times for each task.
	costSamples = 10 * costStatement
	// costCommit is for a change of one task, or of one other thing.
	costCommit = 10
	// costPassword is for making a password into what is stored, and for checking one: each
	// is made to take a while.
	costPassword = 500
	// costScan is for looking through megabytes of a log.
	costScan = 500
	// historyPerUnit is how many lines or events cost as much as one field: they are
	// read together and each is small.
	historyPerUnit = 40
)

// costs says how dear the fields are whose arguments decide it. All other fields
// cost one and what is selected below them.
func costs() (c graph.ComplexityRoot) {
	c.Query.Tasks = func(child int, _ *model.TaskFilter, _ models.Order, first *int, _ *string, last *int, _ *string) int {
		size := or(first, or(last, tasks.DefaultPage))
		return 1 + times(child, min(size, tasks.MaxPage))
	}
	c.Query.Nodes = func(child int, ids []string) int { return 1 + times(child, len(ids)) }
	changeTasks := func(child int, ids []string) int { return 1 + times(child+costCommit, len(ids)) }
	c.Mutation.CancelTasks, c.Mutation.RetryTasks = changeTasks, changeTasks
	c.Query.Users = func(child int, _ *string, first *int) int {
		return 1 + times(child, min(or(first, auth.PageMax), auth.PageMax))
	}
	c.Query.Tokens = func(child int, _ *string, _ *string, first *int) int {
		return 1 + times(child, min(or(first, auth.PageMax), auth.PageMax))
	}
	c.Mutation.CreateUser = func(child int, _ model.CreateUserInput) int { return costPassword + child }
	c.Mutation.UpdateUser = func(child int, _ model.UpdateUserInput) int { return costPassword + child }
	c.Mutation.ChangePassword = func(child int, _ model.ChangePasswordInput) int { return costPassword + child }
	c.Mutation.DeleteUser = func(child int, _ string) int { return costCommit + child }
	c.Mutation.RevokeToken = func(child int, _ string) int { return costCommit + child }
	c.Mutation.SetLocale = func(child int, _ *string) int { return costCommit + child }
	c.Mutation.CreateToken = func(child int, _ model.CreateTokenInput) int { return costCommit + child }
	c.Task.Log = func(child int, _ *int64, first *int, _ *models.LogLevel, contains *string) int {
		cost := costStatement + history(child, or(first, defaultHistory), tasks.MaxLogPage)
		if orZero(contains) != "" {
			cost += costScan
		}
		return cost
	}
	c.Task.Events = func(child int, _ *string, first *int, _ *int64) int {
		return costStatement + history(child, or(first, defaultHistory), tasks.MaxEvents)
	}
	c.Task.ResourceSamples = func(child int, _ *int64, points *int) int {
		return costSamples + history(child, or(points, tasks.DefaultSamples), tasks.MaxSamples)
	}
	c.Query.TaskCounts = func(child int, _ *model.TaskFilter) int {
		return costFigures + times(child, len(models.TaskStatuses))
	}
	c.Query.Throughput = func(child int, _, _ *time.Time, buckets int, _ *string) int {
		return costFigures + history(child, buckets, tasks.MaxBuckets)
	}
	c.LogBatch.Gap, c.TaskEventBatch.Gap = oncePerBatch, oncePerBatch
	c.Task.WaitingFor = func(child int) int { return costStatement + child }
	return c
}

// oncePerBatch is for what a batch has once, however long it is: its part of the cost of
// each unit of the longest batch, which history multiplies again.
func oncePerBatch(child int) int {
	const longest = tasks.MaxLogPage / historyPerUnit
	return (child + longest - 1) / longest
}

func history(child, first, most int) int {
	return times(child, (min(first, most)+historyPerUnit-1)/historyPerUnit)
}

// times is child for each of n things, at least one: what is refused has a cost as
// well. It stops far above any limit, so that nested lists cannot overflow it.
func times(child, n int) int {
	const most = 1 << 30
	n = max(n, 1)
	if child > most/n {
		return most
	}
	return child * n
}
