import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { search, setSearch } from "../state/route";
import { text, type Key } from "../text/text";

export interface Tab {
  /** What `?tab=` says; the first tab needs no saying. */
  id: string;
  title: Key;
}

interface TabsProps {
  label: string;
  tabs: readonly Tab[];
  children: (id: string) => ComponentChildren;
}

/** The tab that the address names, or the first. */
export function currentTab(tabs: readonly Tab[]): string {
  const named = search.value.get("tab");
  return (tabs.find((tab) => tab.id === named) ?? tabs[0])?.id ?? "";
}

/** Shows a tab, and has the address say so; `keepHash` where the hash names a place in that tab. */
export function showTab(tabs: readonly Tab[], id: string, { keepHash = false } = {}): void {
  if (id !== currentTab(tabs)) setSearch({ tab: id === tabs[0]?.id ? null : id }, { keepHash });
}

/** Tabs that the address remembers; arrows, Home and End go through them. */
export function Tabs({ label, tabs, children }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const current = currentTab(tabs);

  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === current);
    const places: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    showTab(tabs, tabs[next]?.id ?? "");
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  // Where the tabs scroll sideways, the one that is shown is seen.
  useEffect(() => {
    const element = list.current!;
    const button = element.querySelector<HTMLElement>('[aria-selected="true"]');
    if (button) element.scrollLeft = button.offsetLeft - (element.clientWidth - button.offsetWidth) / 2;
  }, [current]);

  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`tab-${tab.id}`}
            role="tab"
            aria-selected={tab.id === current}
            aria-controls="tab-panel"
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => showTab(tabs, tab.id)}
          >
            {text(tab.title)}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${current}`}>{children(current)}</div>
    </>
  );
}
