import type { ComponentChildren } from "preact";

import { navigate } from "../state/route";

interface LinkProps {
  /** An address of the console. */
  to: string;
  class?: string;
  /** Whether it leads to what is shown. */
  current?: boolean;
  label?: string;
  children: ComponentChildren;
}

/** A link within the console: a click goes there without loading, any other use is the browser's. */
export function Link({ to, class: name, current, label, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a href={to} class={name} aria-label={label} aria-current={current ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
