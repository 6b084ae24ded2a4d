import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export interface Tab<T extends string> {
  id: T;
  label: string;
  /** Stands beside the label; `counted` says it to a reader. */
  count?: string | undefined;
  counted?: string | undefined;
}

interface TabsProps<T extends string> {
  label: string;
  /** Tells several tab lists of a page apart. */
  name: string;
  tabs: readonly Tab<T>[];
  value: T;
  small?: boolean;
  onChange(value: T): void;
}

/** Tabs: one stop of the Tab key, arrows move and choose, Home and End go to the ends. */
export function Tabs<T extends string>({ label, name, tabs, value, small, onChange }: TabsProps<T>) {
  const ref = useRef<HTMLDivElement>(null);
  const fade = (): void => {
    const list = ref.current;
    if (!list) return;
    list.classList.toggle("edge-start", list.scrollLeft > 4);
    list.classList.toggle("edge-end", list.scrollLeft + list.clientWidth < list.scrollWidth - 4);
  };
  useEffect(() => {
    fade();
    window.addEventListener("resize", fade);
    return () => window.removeEventListener("resize", fade);
  }, [tabs.length]);
  useLayoutEffect(() => {
    // Sideways only: scrollIntoView would move the page as well.
    const list = ref.current;
    const tab = list?.querySelector<HTMLElement>("[aria-selected=true]");
    if (list && tab) list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;
    fade();
  }, [value]);
  const walk = (event: KeyboardEvent): void => {
    const now = tabs.findIndex((tab) => tab.id === value);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = next === undefined ? undefined : tabs[(next + tabs.length) % tabs.length];
    if (!tab) return;
    event.preventDefault();
    onChange(tab.id);
    document.getElementById(`${name}-tab-${tab.id}`)?.focus();
  };
  return (
    <div ref={ref} class={small ? "tabs small" : "tabs"} role="tablist" aria-label={label} onKeyDown={walk} onScroll={fade}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${name}-tab-${tab.id}`}
          aria-selected={tab.id === value}
          aria-controls={tab.id === value ? `${name}-panel` : undefined}
          aria-label={tab.counted ? `${tab.label}, ${tab.counted}` : undefined}
          tabIndex={tab.id === value ? 0 : -1}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
          {tab.count !== undefined && <span class="tab-count">{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}

/** What the chosen tab shows. */
export function TabPanel({ name, value, children }: { name: string; value: string; children: ComponentChildren }) {
  return (
    <div class="tab-panel" role="tabpanel" id={`${name}-panel`} aria-labelledby={`${name}-tab-${value}`}>
      {children}
    </div>
  );
}
