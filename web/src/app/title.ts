import { useEffect } from "preact/hooks";
import { t } from "../i18n";

/** Names the page; the place comes first, because that is what a reader hears of a tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${t("app.name")}` : t("app.name");
  }, [title]);
}

/** After a change of place the focus goes to its heading, so that a reader begins there. */
export function useHeadingFocus(address: string): void {
  useEffect(() => {
    const focus = (): boolean => {
      // What was focused on purpose (a field that asks for it, a dialog) stays so.
      if (document.activeElement !== document.body) return true;
      const heading = document.querySelector<HTMLElement>("h1");
      heading?.focus();
      return heading !== null;
    };
    if (focus()) return;
    // The page is still on its way: its heading is waited for as long as one waits for a page.
    const watch = new MutationObserver(() => {
      if (focus()) watch.disconnect();
    });
    watch.observe(document.body, { childList: true, subtree: true });
    const patience = setTimeout(() => watch.disconnect(), 15_000);
    return () => {
      clearTimeout(patience);
      watch.disconnect();
    };
  }, [address]);
}
