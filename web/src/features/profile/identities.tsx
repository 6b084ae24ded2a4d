import { useState } from "preact/hooks";
import { awayTo, fetchIdentities, type LinkedAccount, unlink } from "../../api/account";
import { asApiError, explain } from "../../app/action";
import { useResource } from "../../app/resource";
import { to } from "../../app/router";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Loaded } from "../../ui/states";
import { providerName, useProviders } from "../signin/providers";
import { day } from "./when";

/** Accounts elsewhere: linked by going there and coming back, unlinked by a press. Nothing where there are no services. */
export function Identities() {
  const providers = useProviders();
  const linked = useResource("me/identities", fetchIdentities, 60_000);
  const [asking, setAsking] = useState<LinkedAccount | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  if (providers.length === 0 && (linked.data ?? []).length === 0) return null;
  const nameOf = (id: string): string => {
    const known = providers.find((one) => one.id === id);
    return known ? providerName(known) : id;
  };
  const drop = async (one: LinkedAccount): Promise<void> => {
    setRefused(null);
    try {
      await unlink(one.id);
      linked.reload();
    } catch (error) {
      const problem = asApiError(error);
      setRefused(problem.code === "last_way_in" ? t("identities.last") : explain(problem));
    }
    setAsking(null);
  };
  return (
    <section class="card profile-part" aria-labelledby="profile-identities">
      <h2 id="profile-identities">{t("identities.title")}</h2>
      <Loaded resource={linked} skeleton={<div class="bone profile-bone" />} notFound={null}>
        {(items) => (
          <>
            {items.length === 0 && <p class="meta">{t("identities.none")}</p>}
            <ul class="profile-rows">
              {items.map((one) => (
                <li key={one.id}>
                  <div>
                    <strong>{nameOf(one.provider)}</strong>
                    <p class="meta">
                      {[one.name, t("identities.since", { when: day(one.linked_at) })].filter(Boolean).join(". ")}
                    </p>
                  </div>
                  <Button label={t("identities.unlinkOf", { name: nameOf(one.provider) })} onPress={() => setAsking(one)}>
                    {t("identities.unlink")}
                  </Button>
                </li>
              ))}
            </ul>
            <div class="profile-actions">
              {providers
                .filter((one) => items.every((item) => item.provider !== one.id))
                .map((one) => (
                  <a key={one.id} class="button" href={awayTo(one.id, to.settings("security"), true)} target="_self">
                    <span class={`signin-dot ${one.kind}`} aria-hidden="true" />
                    {t("identities.link", { name: providerName(one) })}
                  </a>
                ))}
            </div>
          </>
        )}
      </Loaded>
      <div role="alert">{refused && <p class="field-error">{refused}</p>}</div>
      {asking && (
        <Confirm
          title={t("identities.unlinkAsk", { name: nameOf(asking.provider) })}
          text={t("identities.unlinkText")}
          action={t("identities.unlink")}
          onConfirm={() => drop(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}
