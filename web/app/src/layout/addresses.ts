import type { Key } from "../text/en";

/** Where the other APIs have a task: ids and whole addresses, below the origin of this server. */
export function addresses(origin: string, id: string, execId: string): { name: Key; value: string }[] {
  // A colon may stand in a path, and an execID is known by its look.
  const linkis = `${origin}/api/rest_j/v1/entrance/${encodeURIComponent(execId).replaceAll("%3A", ":")}`;
  return [
    { name: "task.address.linkis.id", value: execId },
    { name: "task.address.linkis.status", value: `${linkis}/status` },
    { name: "task.address.linkis.progress", value: `${linkis}/progress` },
    { name: "task.address.linkis.log", value: `${linkis}/log` },
    { name: "task.address.imanager", value: `${origin}/imanager/cloud/web/tasks/${id}.json` },
  ];
}
