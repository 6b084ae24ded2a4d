import { Hourglass } from "lucide-preact";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Frame } from "./frame";

export type WaitReason = "new" | "no_consent" | "consent_withdrawn";

const WORDS = { new: "signin.waitNew", no_consent: "signin.waitNo", consent_withdrawn: "signin.waitWithdrawn" } as const;

/** An account that waits for a parent's consent: what is awaited, and who does what about it. */
export function AwaitsConsent({ reason, onBack }: { reason: WaitReason; onBack(): void }) {
  return (
    <Frame title={t("signin.waitTitle")}>
      <p class="signin-waiting">
        <Hourglass size={24} strokeWidth={1.75} aria-hidden="true" />
        <span>{t(WORDS[reason])}</span>
      </p>
      <section class="signin-how" aria-label={t("signin.waitHow")}>
        <h2>{t("signin.waitHow")}</h2>
        <ol>
          <li>{t("signin.waitHow1")}</li>
          <li>{t("signin.waitHow2")}</li>
          <li>{t("signin.waitHow3")}</li>
        </ol>
      </section>
      <Button wide onPress={onBack}>
        {t("signin.toSignIn")}
      </Button>
    </Frame>
  );
}
