interface InstantProps {
  label: string;
  /** RFC 3339, or "". */
  value: string;
  onChange: (value: string) => void;
}

/** An instant by the reader's clock. */
export function Instant({ label, value, onChange }: InstantProps) {
  const change = (local: string) => onChange(local ? new Date(local).toISOString() : "");
  return (
    <label class="instant">
      {label} <input type="datetime-local" value={localOf(value)} onChange={(event) => change(event.currentTarget.value)} />
    </label>
  );
}

/** How a field for instants wants it: by the reader's clock, to the minute. */
function localOf(rfc3339: string): string {
  if (!rfc3339) return "";
  const at = new Date(rfc3339);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
