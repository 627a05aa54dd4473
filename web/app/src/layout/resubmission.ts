import type { SubmittedTask } from "../api/types";

/**
 * What was submitted, as far as a task tells it. Contents and steps that its own scripts
 * declared have neither code nor params, and are left out: they would be declared again.
 */
export function inputFrom(task: SubmittedTask): Record<string, unknown> {
  const steps = task.steps.map(({ description, contents }) => ({
    description,
    contents: contents
      .filter(({ code, params, runType }) => code !== null || params !== null || runType === "external")
      .map(({ message, runType, code, params }) => ({ message, runType, ...(code !== null && { code }), ...(params !== null && { params }) })),
  }));
  const { description, variables, labels, priority, timeoutSeconds, maxAttempts } = task;
  return {
    description,
    steps: steps.filter((step) => step.contents.length > 0),
    variables: variables ?? undefined,
    labels: labels.map(({ key, value }) => ({ key, value })),
    priority: priority || undefined,
    timeoutSeconds: timeoutSeconds ?? undefined,
    maxAttempts: maxAttempts > 1 ? maxAttempts : undefined,
  };
}
