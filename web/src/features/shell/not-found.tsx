import { SearchX } from "lucide-preact";
import { useTitle } from "../../app/title";
import { navigate, to } from "../../app/router";
import { t } from "../../i18n";
import { Button } from "../../ui/button";

/** What is not there and what one may not see look exactly the same. */
export function NotFound() {
  useTitle(t("notFound.title"));
  return (
    <>
      <h1 tabIndex={-1}>{t("notFound.title")}</h1>
      <div class="card empty">
        <SearchX size={40} strokeWidth={1.5} aria-hidden="true" />
        <p>{t("notFound")}</p>
        <Button onPress={() => navigate(to.home)}>{t("common.home")}</Button>
      </div>
    </>
  );
}
