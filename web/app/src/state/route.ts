import { computed, signal } from "@preact/signals";

/** The address of the page; what it shows follows from it alone. */
const address = signal(new URL(location.href));

addEventListener("popstate", () => (address.value = new URL(location.href)));

export const pathname = computed(() => address.value.pathname);
export const search = computed(() => address.value.searchParams);
export const hash = computed(() => address.value.hash);

/** Goes to an address of the console. `replace` leaves no step to go back to. */
export function navigate(to: string, { replace = false } = {}): void {
  const next = new URL(to, location.href);
  if (next.href === address.peek().href) return;
  history[replace ? "replaceState" : "pushState"](null, "", next);
  const moved = next.pathname !== address.peek().pathname;
  address.value = next;
  if (moved) scrollTo(0, 0);
}

/**
 * Changes parameters of the address; "" and null remove one. The hash names a place in what the
 * parameters show, and goes with it unless it is to stay.
 */
export function setSearch(changes: Record<string, string | null>, { keepHash = false } = {}): void {
  const next = new URL(address.peek());
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.searchParams.set(name, value);
    else next.searchParams.delete(name);
  }
  if (!keepHash) next.hash = "";
  navigate(next.href, { replace: true });
}
