import type { Status } from "../api/types";

interface ProgressBarProps {
  /** 0 to 100; null while nothing is known of it. */
  value: number | null;
  status: Status;
  /** Of what it is the progress, for who cannot see where it stands. */
  label: string;
}

export function ProgressBar({ value, status, label }: ProgressBarProps) {
  const part = value === null ? 0 : Math.min(100, Math.max(0, value));
  return (
    <div
      class={`progress is-${status.toLowerCase()}${value === null && status === "RUNNING" ? " is-unknown" : ""}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(value === null ? {} : { "aria-valuenow": Math.floor(part) })}
    >
      <div class="progress-bar" style={{ transform: `scaleX(${part / 100})` }} />
    </div>
  );
}
