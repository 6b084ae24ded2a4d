import type { ComponentChildren } from "preact";
import { path, to } from "../../app/router";
import { t } from "../../i18n";
import { Mark } from "../../ui/mark";
import "./watch.css";

/** Around a page that is shown to who is not signed in: the mark, and the way in. */
export function Guest({ children }: { children: ComponentChildren }) {
  return (
    <>
      <header class="guest guest-head">
        <a href={to.home}>
          <Mark size={32} />
          <span>Sfera</span>
        </a>
        <a class="button" href={to.signIn(path.value)}>
          {t("signin.do")}
        </a>
      </header>
      <main class="page" id="content">
        {children}
      </main>
    </>
  );
}
