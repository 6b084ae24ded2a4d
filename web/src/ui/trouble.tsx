import { CircleAlert } from "lucide-preact";
import type { ApiError } from "../api/http";
import { explain } from "../app/action";
import { t } from "../i18n";

/** What went wrong with what was just pressed, its code in small print. The place is there from the beginning, so that it is read out. */
export function Trouble({ problem }: { problem: ApiError | null }) {
  return (
    <div role="alert" class="trouble">
      {problem && (
        <p class="field-error">
          <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
          <span>
            {explain(problem)} <span class="meta">{t("common.code", { code: problem.code })}</span>
          </span>
        </p>
      )}
    </div>
  );
}
