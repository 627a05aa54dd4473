import type { TaskExtras } from "../api/types";
import { addresses } from "../layout/addresses";
import type { TaskHead, TaskStore } from "../state/task";
import { duration, instant } from "../text/duration";
import { text } from "../text/text";
import { AttemptList } from "./AttemptList";
import { CopyLine } from "./CopyText";
import { DataTable } from "./DataTable";
import { Fact } from "./Fact";
import { PageSection } from "./PageSection";

/** What a task was given, how often it ran, and where other APIs have it. */
export function TaskDetails({ store }: { store: TaskStore }) {
  const head = store.head.value;
  const extras = store.extras.value;
  if (!head || !extras) return null;
  return (
    <div class="details">
      <PageSection title={text("task.attempts")}><AttemptList attempts={extras.attempts} /></PageSection>
      <PageSection title={text("task.settings")}><Settings head={head} /></PageSection>
      <PageSection title={text("task.variables")}><Variables variables={extras.variables} /></PageSection>
      <PageSection title={text("task.addresses")}><Addresses id={store.id} execId={extras.execId} /></PageSection>
    </div>
  );
}

function Settings({ head }: { head: TaskHead }) {
  return (
    <dl class="facts">
      <Fact name={text("task.priority")}>{head.priority}</Fact>
      <Fact name={text("task.maxAttempts")}>{head.maxAttempts}</Fact>
      <Fact name={text("task.timeout")}>{head.timeoutSeconds === null ? text("task.none") : duration(head.timeoutSeconds * 1_000)}</Fact>
      <Fact name={text("task.startAfter")}>{head.startAfter === null ? text("task.none") : instant(head.startAfter)}</Fact>
    </dl>
  );
}

function Variables({ variables }: { variables: TaskExtras["variables"] }) {
  const all = Object.entries(variables ?? {});
  if (all.length === 0) return <p class="muted">{text("task.variables.none")}</p>;
  return (
    <DataTable
      label={text("task.variables")}
      head={[text("task.variables.name"), text("task.variables.value")]}
      rows={all.map(([name, value]) => [<code>{name}</code>, <code>{typeof value === "string" ? value : JSON.stringify(value)}</code>])}
    />
  );
}

function Addresses({ id, execId }: { id: string; execId: string }) {
  return (
    <>
      <p class="muted">{text("task.addresses.what")}</p>
      <dl class="addresses">
        {addresses(location.origin, id, execId).map(({ name, value }) => (
          <div key={name} class="fact">
            <dt>{text(name)}</dt>
            <dd><CopyLine value={value} what={text(name)} /></dd>
          </div>
        ))}
      </dl>
    </>
  );
}
