import { LogOut } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Me } from "../../api/types";
import { answerSeconds, singleKeys, theme } from "../../app/settings";
import { me, signOut } from "../../app/session";
import { useTitle } from "../../app/title";
import { type Key, language, list, setLanguage, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Segments } from "../../ui/field";
import "./profile.css";

/** S18, as thin as it is yet: how Sfera looks and behaves here, and the way out. Everything is kept at once. */
export function Profile() {
  useTitle(t("profile.title"));
  const person = me.value;
  const [failed, setFailed] = useState(false);
  if (!person) return null;
  const places = placesOf(person);
  return (
    <>
      <h1 tabIndex={-1}>{t("profile.title")}</h1>
      <section class="card profile-who" aria-label={person.name}>
        <Avatar id={person.id} name={person.name} size={64} />
        <div>
          <h2>{person.name}</h2>
          <p class="meta">{person.login}</p>
          {places.map((place) => (
            <p key={place} class="meta">
              {place}
            </p>
          ))}
        </div>
      </section>
      <section class="card profile-choices" aria-label={t("profile.title")}>
        <Segments
          label={t("profile.theme")}
          name="theme"
          value={theme.value}
          options={[
            { value: "system", label: t("profile.theme.system") },
            { value: "light", label: t("profile.theme.light") },
            { value: "dark", label: t("profile.theme.dark") },
          ]}
          onChange={(value) => (theme.value = value)}
        />
        <Segments
          label={t("profile.language")}
          name="language"
          value={language.value}
          options={[
            { value: "ru", label: "Русский", lang: "ru" },
            { value: "en", label: "English", lang: "en" },
          ]}
          onChange={(value) => void setLanguage(value)}
        />
        <div class="profile-hinted">
          <Segments
            label={t("profile.keys")}
            name="keys"
            value={singleKeys.value ? "on" : "off"}
            options={[
              { value: "on", label: t("profile.on") },
              { value: "off", label: t("profile.off") },
            ]}
            onChange={(value) => (singleKeys.value = value === "on")}
          />
          <p class="field-hint">{t("profile.keysHint")}</p>
        </div>
        <Segments
          label={t("profile.answer")}
          name="answer"
          value={String(answerSeconds.value)}
          options={["20", "60"].map((value) => ({ value, label: t("profile.seconds", { count: Number(value) }) }))}
          onChange={(value) => (answerSeconds.value = Number(value))}
        />
      </section>
      <div>
        <Button
          icon={<LogOut size={20} strokeWidth={1.75} />}
          onPress={() => signOut().then(() => setFailed(false), () => setFailed(true))}
        >
          {t("profile.signOut")}
        </Button>
        {failed && (
          <p class="field-error" role="alert">
            {t("action.failed")}
          </p>
        )}
      </div>
    </>
  );
}

/** "School No. 0, teacher: 5A, 7B and 9V", one line a role. */
function placesOf(person: Me): string[] {
  const found = new Map<string, { line: string; classes: string[] }>();
  for (const one of person.memberships) {
    const line = `${one.school.name}, ${t(`role.${one.role}` as Key)}`;
    const place = found.get(line) ?? { line, classes: [] };
    if (one.class) place.classes.push(one.class.name);
    found.set(line, place);
  }
  return [...found.values()].map(({ line, classes }) => (classes.length > 0 ? `${line}: ${list(classes)}` : line));
}
