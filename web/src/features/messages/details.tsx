import { Pin, UserPlus, UserRoundX, X } from "lucide-preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { addPeople, type Chat, type ChatPerson, fetchPeople, fetchPins, removePerson } from "../../api/chats";
import type { RoleName } from "../../api/types";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { navigate, query, to, withQuery } from "../../app/router";
import { me } from "../../app/session";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { ContactPicker } from "./contacts";
import { putChat } from "./inbox";
import { Found } from "./search";
import { preview, readersWords, shortWhen } from "./words";
import { Dialog } from "../../ui/dialog";

/** Beside the chat: search in it, what is pinned, who can read it. */
export function Details({ chat, alone, onClose }: { chat: Chat; alone: boolean; onClose(): void }) {
  // Where it lies over the chat it is the page.
  const Title = alone ? "h1" : "h2";
  const ref = useRef<HTMLHeadingElement>(null);
  const part = query.value.get("about");
  // Before the field for searching takes the focus.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    if (part !== "search") ref.current?.focus();
    return () => {
      const back = opener instanceof HTMLElement && opener.isConnected && opener !== document.body ? opener : document.querySelector<HTMLElement>(".chat h1");
      back?.focus();
    };
  }, []);
  return (
    <aside
      class="chat-details"
      data-region
      aria-labelledby="details-title"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <div class="details-head">
        <Title id="details-title" tabIndex={-1} ref={ref}>
          {t("chat.about")}
        </Title>
        <Button kind="text" label={t("common.close")} icon={<X size={20} strokeWidth={1.75} />} onPress={onClose} />
      </div>
      <SearchHere chat={chat} focus={part === "search"} />
      <Pins chat={chat} level={alone ? 2 : 3} />
      <People chat={chat} level={alone ? 2 : 3} />
    </aside>
  );
}

function SearchHere({ chat, focus }: { chat: Chat; focus: boolean }) {
  const [wish, setWish] = useState("");
  return (
    <section class="details-part" aria-label={t("chat.searchHere")}>
      <Field label={t("chat.searchHere")} name="search" type="search" value={wish} autoFocus={focus} onInput={setWish} />
      {wish.trim() && <Found q={wish.trim()} chats={null} open={chat.id} within={chat.id} />}
    </section>
  );
}

/** A heading below the title of what lies beside the chat, or over it. */
function PartTitle({ id, level, children }: { id: string; level: 2 | 3; children: string }) {
  const Title = `h${level}` as const;
  return (
    <Title id={id} class="details-title">
      {children}
    </Title>
  );
}

function Pins({ chat, level }: { chat: Chat; level: 2 | 3 }) {
  const { data } = useResource(`pins/${chat.id}`, () => fetchPins(chat.id), 60_000);
  const items = (data?.items ?? []).filter((one) => one.deleted_at === null);
  if (items.length === 0) return null;
  return (
    <section class="details-part" aria-labelledby="pins-title">
      <PartTitle id="pins-title" level={level}>{t("chat.pinnedTitle")}</PartTitle>
      <ul class="found-rows">
        {[...items].reverse().map((one) => (
          <li key={one.number}>
            <a class="found-row" href={to.chat(chat.id, String(one.number))}>
              <span>
                <span>{one.author.name}</span>
                <span class="num">{shortWhen(one.at)}</span>
              </span>
              <span>
                <Pin size={14} strokeWidth={1.75} class="inline-icon" aria-hidden="true" /> {preview(one)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function People({ chat, level }: { chat: Chat; level: 2 | 3 }) {
  const people = useResource(`chat-people/${chat.id}`, () => fetchPeople(chat.id), 60_000);
  const [adding, setAdding] = useState(false);
  const doing = useDoing();
  const remove = async (one: ChatPerson): Promise<void> => {
    if (!(await doing.run(() => removePerson(chat.id, one.id)))) return;
    people.reload();
    showToast(t("chat.removed", { name: one.name }));
  };
  const may = chat.may.includes("people");
  return (
    <section class="details-part" aria-labelledby="readers-title">
      <PartTitle id="readers-title" level={level}>{t("chat.whoReads")}</PartTitle>
      {chat.readers && <p class="meta">{chat.kind === "personal" ? t("chat.readersTwo") : readersWords(chat.readers)}</p>}
      {may && (
        <Button icon={<UserPlus size={20} strokeWidth={1.75} />} onPress={() => setAdding(true)}>
          {t("chat.addPeople")}
        </Button>
      )}
      <Trouble problem={doing.trouble} />
      <Loaded resource={people} skeleton={<div class="bone" />} notFound={<p>{t("notFound")}</p>}>
        {({ items, next }) => (
          <>
            <ul class="person-lines">
              {items.map((one) => (
                <li key={one.id} class="person-line">
                  <Avatar id={one.id} name={one.name} size={32} />
                  <span>
                    {one.name}
                    {one.id === me.value?.id && <span class="meta"> {t("common.you")}</span>}
                    <br />
                    <span class="meta">{one.owner ? t("chat.owner") : t(`role.${one.role as RoleName}`)}</span>
                  </span>
                  {may && !one.owner && one.id !== me.value?.id && (
                    <Button
                      kind="text"
                      size="small"
                      label={t("chat.removePerson", { name: one.name })}
                      icon={<UserRoundX size={18} strokeWidth={1.75} />}
                      onPress={() => remove(one)}
                    />
                  )}
                </li>
              ))}
            </ul>
            {next !== null && <p class="meta">{t("chat.andMore")}</p>}
          </>
        )}
      </Loaded>
      {adding && <AddDialog chat={chat} onClose={() => setAdding(false)} onAdded={people.reload} />}
    </section>
  );
}

function AddDialog({ chat, onClose, onAdded }: { chat: Chat; onClose(): void; onAdded(): void }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const doing = useDoing();
  const add = async (): Promise<void> => {
    if (chosen.length === 0 || !(await doing.run(async () => putChat(await addPeople(chat.id, [...chosen]))))) return;
    onAdded();
    onClose();
    navigate(withQuery("about", "1"), true);
  };
  return (
    <Dialog title={t("chat.addPeople")} onClose={onClose}>
      <ContactPicker school={chat.school.id} several chosen={chosen} onChange={setChosen} />
      <Trouble problem={doing.trouble} />
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" onPress={add}>
          {t("chat.add")}
        </Button>
      </div>
    </Dialog>
  );
}
