import { useEffect, useState } from "preact/hooks";
import { type Contact, fetchContacts } from "../../api/chats";
import type { RoleName } from "../../api/types";
import { useResource } from "../../app/resource";
import { list, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Field } from "../../ui/field";
import { Loaded } from "../../ui/states";

interface ContactPickerProps {
  school: string;
  several: boolean;
  chosen: readonly string[];
  onChange(chosen: readonly string[]): void;
  /** One person, where only one can be chosen. */
  onPick?(person: Contact): void;
}

/** So long after the last letter people are looked for. */
const SETTLE_MS = 250;

/** Whom one may write to: the platform gives nobody else. */
export function ContactPicker({ school, several, chosen, onChange, onPick }: ContactPickerProps) {
  const [wish, setWish] = useState("");
  const q = useSettled(wish.trim(), SETTLE_MS);
  const contacts = useResource(`contacts/${school}/${q}`, () => fetchContacts(school, q), 120_000);
  return (
    <>
      <Field label={t("contacts.search")} name="contact" type="search" value={wish} autoFocus onInput={setWish} />
      <Loaded resource={contacts} skeleton={<div class="bone school-bone-body" />} notFound={<p>{t("notFound")}</p>}>
        {({ items, next }) =>
          items.length === 0 ? (
            <p class="meta">{t(q ? "contacts.noneFound" : "contacts.none")}</p>
          ) : (
            <div class="pick-scroll">
              <ul class="person-lines">
                {items.map((one) => (
                  <li key={one.id}>
                    {several ? (
                      <label class="person-line">
                        <Avatar id={one.id} name={one.name} size={32} />
                        <Words of={one} />
                        <input
                          type="checkbox"
                          checked={chosen.includes(one.id)}
                          onChange={(event) =>
                            onChange(event.currentTarget.checked ? [...chosen, one.id] : chosen.filter((id) => id !== one.id))
                          }
                        />
                      </label>
                    ) : (
                      <button type="button" class="person-line" data-testid="contact" onClick={() => onPick?.(one)}>
                        <Avatar id={one.id} name={one.name} size={32} />
                        <Words of={one} />
                      </button>
                    )}
                  </li>
                ))}
              </ul>
              {next !== null && <p class="meta">{t("contacts.more")}</p>}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function Words({ of }: { of: Contact }) {
  const roles = of.roles.map(({ role, class: klass }) => {
    const word = t(`role.${role as RoleName}`);
    return klass ? t("contacts.roleIn", { role: word, name: klass.name }) : word;
  });
  return (
    <span>
      {of.name}
      <br />
      <span class="meta">{list([...new Set(roles)])}</span>
    </span>
  );
}

/** A value, once it has stayed the same for a while. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
