package view

// Node is what `node` finds: a *Task, *Step or *StepContent.
type Node interface{ IsNode() }

var (
	_ Node = (*Task)(nil)
	_ Node = (*Step)(nil)
	_ Node = (*StepContent)(nil)
)
