import { awayTo, fetchProviders, type Provider } from "../../api/account";
import { useResource } from "../../app/resource";
import { t } from "../../i18n";

/** Where people may have accounts besides here; nothing until we know. */
export function useProviders(): readonly Provider[] {
  return useResource("sign-in/providers", fetchProviders, 3_600_000).data ?? [];
}

/** Gosuslugi and VK ID by the names people know, others as the operator called them. */
export function providerName(provider: Provider): string {
  return provider.kind === "esia" ? t("signin.esia") : provider.name;
}

/** The ways in besides the password. They lead to another site: real addresses, a real change of the page. */
export function ProviderLinks({ providers, back }: { providers: readonly Provider[]; back: string }) {
  if (providers.length === 0) return null;
  return (
    <>
      <p class="signin-or">
        <span>{t("signin.or")}</span>
      </p>
      <ul class="signin-providers">
        {providers.map((one) => (
          <li key={one.id}>
            <a class="button" href={awayTo(one.id, back)} target="_self">
              <span class={`signin-dot ${one.kind}`} aria-hidden="true" />
              {t("signin.by", { name: providerName(one) })}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
