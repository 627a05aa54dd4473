/** The examples of the repository, each the input of submitTask; a file of its own in the build, loaded when wanted. */
const files = import.meta.glob<{ description: string }>("../../../../examples/*.json", { eager: true, import: "default" });

export const examples = Object.keys(files).sort().flatMap((name) => files[name] ?? []);
