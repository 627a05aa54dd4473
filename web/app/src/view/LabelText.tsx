import type { Label } from "../api/types";
import { readable } from "../layout/signs";

/** A label as it is written, key=value. Each part is isolated: neither can turn the other around. */
export function LabelText({ label }: { label: Label }) {
  return (
    <>
      <span class="foreign">{readable(label.key)}</span>=<span class="foreign">{readable(label.value)}</span>
    </>
  );
}
