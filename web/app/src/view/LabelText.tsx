import type { Label } from "../api/types";

/** A label as it is written, key=value. Each part is isolated: neither can turn the other around. */
export function LabelText({ label }: { label: Label }) {
  return (
    <>
      <span class="foreign">{label.key}</span>=<span class="foreign">{label.value}</span>
    </>
  );
}
