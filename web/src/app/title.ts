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
    // What was focused on purpose (a field that asks for it, a dialog) stays so.
    if (document.activeElement === document.body) document.querySelector<HTMLElement>("h1")?.focus();
  }, [address]);
}
