/** Parts of a page that F6 walks, in the order they stand in it: navigation, a list, a chat, where one writes, a panel. */
const REGION = "[data-region]";
/** A region may say where one begins; else one comes back to where one was, else begins where it says one is, else with what comes first. */
const SAID = "[data-begin]";
const BEGIN = ["[aria-current=page]", "a[href], button:not([tabindex='-1']), input, textarea, select, [tabindex='0']"];

/** What had the focus last. */
const last = new WeakMap<Element, HTMLElement>();

/** Lets F6 lead to the next part of a page, and with Shift to the one before. */
export function startRegions(): void {
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    const region = target.closest(REGION);
    if (region) last.set(region, target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.code !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return;
    // A dialog holds the focus until it is closed.
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const begins = [...document.querySelectorAll(REGION)].flatMap((region) => {
      const begin = beginOf(region);
      return begin ? [{ region, begin }] : [];
    });
    if (begins.length === 0) return;
    event.preventDefault();
    const now = begins.findIndex(({ region }) => region.contains(document.activeElement));
    const next = event.shiftKey ? (now < 0 ? begins.length : now) - 1 : now + 1;
    begins[(next + begins.length) % begins.length]?.begin.focus();
  });
}

function beginOf(region: Element): HTMLElement | undefined {
  const all = (selector: string): HTMLElement[] => [...region.querySelectorAll<HTMLElement>(selector)];
  const known = last.get(region);
  return [...all(SAID), ...(known ? [known] : []), ...BEGIN.flatMap(all)].find(
    (one) => region.contains(one) && one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert]"),
  );
}
