import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

/** Width from which the panel stands beside the stage. */
export const WIDE = 1024;
const PHONE = 600;

export const viewport = signal({ width: window.innerWidth, height: window.innerHeight });
window.addEventListener("resize", () => {
  viewport.value = { width: window.innerWidth, height: window.innerHeight };
});

/** A phone, upright or on its side. */
export function isPhone(): boolean {
  const { width, height } = viewport.value;
  return Math.min(width, height) < PHONE;
}

/** The size of an element's inside, followed as it changes. */
export function useSize(): [(element: HTMLElement | null) => void, { width: number; height: number }] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, size];
}
