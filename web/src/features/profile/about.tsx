import { LogOut } from "lucide-preact";
import { useState } from "preact/hooks";
import { editMe } from "../../api/account";
import type { Me } from "../../api/types";
import { useDoing } from "../../app/action";
import { answerSeconds, singleKeys, type TextSize, textSize, theme } from "../../app/settings";
import { me, signOut } from "../../app/session";
import { type Language, language, list, setLanguage, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Field, Segments } from "../../ui/field";
import { Trouble } from "../../ui/trouble";
import { GuideChoice } from "../guide/choice";

/** Name, looks and habits. Choices are kept at once, a name when one says so. */
export function About({ person }: { person: Me }) {
  const leaving = useDoing();
  const places = placesOf(person);
  return (
    <>
      <section class="card profile-who" aria-label={person.name}>
        <Avatar id={person.id} name={person.name} size={64} />
        <div>
          <h2>{person.name}</h2>
          {person.login && <p class="meta">{person.login}</p>}
          {places.map((place) => (
            <p key={place} class="meta">
              {place}
            </p>
          ))}
        </div>
        <Button icon={<LogOut size={20} strokeWidth={1.75} />} onPress={() => leaving.run(signOut)}>
          {t("profile.signOut")}
        </Button>
      </section>
      <Trouble problem={leaving.trouble} />
      <NameCard person={person} />
      <GuideChoice />
      <section class="card profile-choices" aria-labelledby="profile-look">
        <h2 id="profile-look">{t("profile.look")}</h2>
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
          onChange={(value) => void choose(value)}
        />
        <Segments<TextSize>
          label={t("profile.text")}
          name="text"
          value={textSize.value}
          options={[
            { value: "normal", label: t("profile.text.normal") },
            { value: "large", label: t("profile.text.large") },
            { value: "huge", label: t("profile.text.huge") },
          ]}
          onChange={(value) => (textSize.value = value)}
        />
      </section>
      <section class="card profile-choices" aria-labelledby="profile-lesson">
        <h2 id="profile-lesson">{t("profile.lesson")}</h2>
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
    </>
  );
}

/** The language is this browser's at once; the platform is told so that letters and problems come in it, too. */
async function choose(next: Language): Promise<void> {
  await setLanguage(next);
  await editMe({ locale: next }).then(
    (person) => (me.value = person),
    () => {},
  );
}

function NameCard({ person }: { person: Me }) {
  const [name, setName] = useState(person.name);
  const [missing, setMissing] = useState(false);
  const [saved, setSaved] = useState(false);
  const saving = useDoing();
  const student = person.memberships.some((one) => one.role === "student");
  const changed = name.trim() !== person.name;
  if (student) return <p class="field-hint">{t("profile.nameSchool")}</p>;
  return (
    <section class="card profile-choices" aria-label={t("profile.name")}>
      <form
        class="profile-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(name.trim() === "");
          if (name.trim() === "" || !changed) return;
          void saving
            .run(async () => {
              me.value = await editMe({ name: name.trim() });
            })
            .then(setSaved);
        }}
      >
        <Field
          label={t("profile.name")}
          name="name"
          value={name}
          onInput={(value) => {
            setName(value);
            setSaved(false);
          }}
          autoComplete="name"
          maxLength={120}
          error={missing && name.trim() === "" ? t("register.nameMissing") : null}
        />
        {changed && (
          <Button type="submit" kind="primary">
            {t("profile.nameSave")}
          </Button>
        )}
      </form>
      <p class="profile-saved" role="status">
        {saved && !changed && t("account.saved")}
      </p>
      <Trouble problem={saving.trouble} />
    </section>
  );
}

/** "School No. 0, teacher: 5A, 7B and 9V", one line a role. */
export function placesOf(person: Me): string[] {
  const found = new Map<string, { line: string; classes: string[] }>();
  for (const one of person.memberships) {
    const line = `${one.school.name}, ${t(`role.${one.role}`)}`;
    const place = found.get(line) ?? { line, classes: [] };
    if (one.class) place.classes.push(one.class.name);
    found.set(line, place);
  }
  return [...found.values()].map(({ line, classes }) => (classes.length > 0 ? `${line}: ${list(classes)}` : line));
}
