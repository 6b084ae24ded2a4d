import { CircleAlert } from "lucide-preact";
import { clock, language, t } from "../../i18n";
import { opensIn, type Refusal } from "./problems";

/** What went wrong, read out at once; while one has to wait, when it opens again. */
export function Refused({ refusal, wait }: { refusal: Refusal | null; wait: number }) {
  return (
    <div role="alert" class="signin-refused">
      {refusal && (
        <p class="field-error">
          <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
          <span>
            {wait > 0
              ? t("signin.opensAt", {
                  time: clock(new Date(Date.now() + wait * 1000)),
                  wait: opensIn(wait, language.value),
                })
              : refusal.text}
            {refusal.code && <span class="signin-code">{t("common.code", { code: refusal.code })}</span>}
          </span>
        </p>
      )}
    </div>
  );
}
