import { useState } from "preact/hooks";
import { type Child, fetchChildren, giveConsent, withdrawConsent } from "../../api/account";
import { useDoing } from "../../app/action";
import { announce } from "../../app/announce";
import { useResource } from "../../app/resource";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { day } from "./when";

/** The wording of the consent that stands in the words of this page. */
export const CONSENT_TEXT = "2026-11";

/** A parent's children, and the consents their accounts live by. */
export function Children() {
  const children = useResource("me/children", fetchChildren, 30_000);
  const [asking, setAsking] = useState<{ child: Child; give: boolean } | null>(null);
  const [said, setSaid] = useState("");
  const doing = useDoing();
  const withdraw = async (child: Child): Promise<void> => {
    if (await doing.run(() => withdrawConsent(child.id))) {
      setSaid(t("children.withdrew"));
      announce(t("children.withdrew"));
    }
    setAsking(null);
    children.reload();
  };
  return (
    <>
      <p class="profile-lead">{t("children.lead")}</p>
      <Loaded resource={children} skeleton={<div class="bone profile-bone" />} notFound={null}>
        {({ items, text_version }) =>
          items.length === 0 ? (
            <p class="card empty">{t("children.none")}</p>
          ) : (
            <>
              <ul class="profile-children">
                {items.map((child) => (
                  <li key={child.id} class="card profile-part">
                    <ChildCard
                      child={child}
                      onGive={() => setAsking({ child, give: true })}
                      onWithdraw={() => setAsking({ child, give: false })}
                    />
                  </li>
                ))}
              </ul>
              {asking?.give && (
                <ConsentDialog
                  child={asking.child}
                  version={text_version}
                  onDone={() => {
                    setAsking(null);
                    setSaid(t("children.gave"));
                    announce(t("children.gave"));
                    children.reload();
                  }}
                  onClose={() => setAsking(null)}
                />
              )}
            </>
          )
        }
      </Loaded>
      <p class="profile-saved">{said}</p>
      <Trouble problem={doing.trouble} />
      {asking && !asking.give && (
        <Confirm
          title={t("children.withdrawAsk", { name: asking.child.name })}
          text={asking.child.needs_consent ? t("children.withdrawText") : t("children.withdrawOlder")}
          action={t("children.withdraw")}
          onConfirm={() => withdraw(asking.child)}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

function ChildCard({ child, onGive, onWithdraw }: { child: Child; onGive(): void; onWithdraw(): void }) {
  return (
    <div class="profile-part-head">
      <div class="profile-child">
        <Avatar id={child.id} name={child.name} size={56} />
        <div>
          <h2>{child.name}</h2>
          {child.birth_date && <p class="meta">{t("children.born", { when: day(child.birth_date) })}</p>}
          <p class={child.active ? "meta" : "profile-off"}>{state(child)}</p>
        </div>
      </div>
      {child.consent ? (
        <Button label={t("children.withdrawFor", { name: child.name })} onPress={onWithdraw}>
          {t("children.withdraw")}
        </Button>
      ) : (
        child.needs_consent && (
          <Button kind="primary" label={t("children.giveFor", { name: child.name })} onPress={onGive}>
            {t("children.give")}
          </Button>
        )
      )}
    </div>
  );
}

function state(child: Child): string {
  if (child.consent) {
    return t("children.given", { name: child.consent.given_by.name, when: day(child.consent.given_at) });
  }
  if (!child.needs_consent) return t("children.notNeeded");
  return t("children.waits");
}

interface ConsentProps {
  child: Child;
  version: string;
  onDone(): void;
  onClose(): void;
}

/** The text that is agreed to, in full, and a mark that nobody has set beforehand. */
function ConsentDialog({ child, version, onDone, onClose }: ConsentProps) {
  const [read, setRead] = useState(false);
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const old = version !== CONSENT_TEXT;
  const give = async (): Promise<void> => {
    setTried(true);
    if (!read) return;
    if (await doing.run(() => giveConsent(child.id, CONSENT_TEXT))) onDone();
  };
  return (
    <Dialog title={t("children.consentTitle")} onClose={onClose} modalOnly testId="consent">
      <p>
        <strong>{t("children.consentFor", { name: child.name })}</strong>
      </p>
      {old ? <p class="banner refusal">{t("children.consentOld")}</p> : <p>{t("children.consentText")}</p>}
      {!old && (
        <label class="profile-tick">
          <input type="checkbox" checked={read} onChange={(event) => setRead(event.currentTarget.checked)} />
          <span>{t("children.consentRead")}</span>
        </label>
      )}
      <div role="alert">{tried && !read && <p class="field-error">{t("children.consentTick")}</p>}</div>
      <Trouble problem={doing.trouble} />
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        {old ? (
          <Button kind="primary" onPress={() => location.reload()}>
            {t("common.reload")}
          </Button>
        ) : (
          <Button kind="primary" onPress={give}>
            {t("children.give")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
