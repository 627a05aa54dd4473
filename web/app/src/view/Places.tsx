import { moved } from "../layout/path";
import { text } from "../text/text";

interface PlacesProps<T> {
  list: T[];
  index: number;
  /** What is moved or removed: "Step 2". */
  name: string;
  onChange: (list: T[]) => void;
}

/** Moves and removes an element of a list that keeps at least one. */
export function Places<T>({ list, index, name, onChange }: PlacesProps<T>) {
  const button = (sign: string, label: string, possible: boolean, next: () => T[]) => (
    <button type="button" class="quiet" aria-label={label} title={label} disabled={!possible} onClick={() => onChange(next())}>{sign}</button>
  );
  if (list.length < 2) return null;
  return (
    <span class="places">
      {button("↑", text("submit.up", name), index > 0, () => moved(list, index, index - 1))}
      {button("↓", text("submit.down", name), index < list.length - 1, () => moved(list, index, index + 1))}
      {button("✕", text("submit.remove", name), true, () => list.toSpliced(index, 1))}
    </span>
  );
}
