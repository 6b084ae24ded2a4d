import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export interface MenuItem {
  label: string;
  icon?: ComponentChildren;
  dangerous?: boolean;
  run(): unknown;
}

interface MenuProps {
  label: string;
  items: MenuItem[];
  anchor: HTMLElement;
  onClose(): void;
}

/** Actions of a thing: arrows, Home, End and first letters walk, Esc closes, focus goes back to the button. */
export function Menu({ label, items, anchor, onClose }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    place(menu, anchor);
    menu.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const outside = (event: Event): void => {
      if (!menu.contains(event.target as Node) && !anchor.contains(event.target as Node)) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    window.addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      window.removeEventListener("resize", onClose);
      if (anchor.isConnected) anchor.focus();
    };
  }, [anchor]);

  const walk = (event: KeyboardEvent): void => {
    const buttons = [...(ref.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const go = (index: number): void => {
      event.preventDefault();
      buttons[(index + buttons.length) % buttons.length]?.focus();
    };
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(-1);
    else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    } else if (event.key.length === 1) {
      const letter = event.key.toLocaleLowerCase();
      const next = [...buttons.slice(at + 1), ...buttons].find((button) =>
        button.textContent?.trim().toLocaleLowerCase().startsWith(letter),
      );
      next?.focus();
    }
  };

  return (
    <div ref={ref} class="menu" role="menu" aria-label={label} popover="manual" onKeyDown={walk}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={item.dangerous ? "dangerous" : undefined}
          onClick={() => {
            onClose();
            void item.run();
          }}
        >
          {item.icon}
          {item.label}
        </button>
      ))}
    </div>
  );
}

/** In the top layer, under the button where there is room, else above it, never over the edge. */
function place(menu: HTMLElement, anchor: HTMLElement): void {
  menu.showPopover?.();
  const from = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = from.bottom + 4 + size.height <= window.innerHeight - 8;
  const top = below ? from.bottom + 4 : Math.max(8, from.top - 4 - size.height);
  const left = Math.min(Math.max(8, from.right - size.width), window.innerWidth - size.width - 8);
  menu.style.top = `${top}px`;
  menu.style.left = `${left}px`;
}
