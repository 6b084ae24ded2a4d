import { Ellipsis } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { Menu, type MenuItem } from "./menu";

/** The menu of a thing in a list: a button of its own that is always in sight. */
export function RowMenu({ label, items, testId }: { label: string; items: MenuItem[]; testId?: string }) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLButtonElement>(null);
  if (items.length === 0) return null;
  return (
    <>
      <button
        ref={ref}
        type="button"
        class="button text icon-only row-menu"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid={testId}
        onClick={() => setOpen(!open)}
      >
        <Ellipsis size={20} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {open && ref.current && <Menu label={label} items={items} anchor={ref.current} onClose={() => setOpen(false)} />}
    </>
  );
}
