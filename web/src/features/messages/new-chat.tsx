import { useState } from "preact/hooks";
import { joinChat, fetchChats, makeChat, type Chat, type NewChat } from "../../api/chats";
import { useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { me } from "../../app/session";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field, Segments, Select } from "../../ui/field";
import { Trouble } from "../../ui/trouble";
import { avatarName } from "./chat-row";
import { ContactPicker } from "./contacts";
import { loadInbox, putChat } from "./inbox";
import { titleOf } from "./words";

type Kind = NewChat["kind"] | "joined";

/** A new chat: with one person, with several, for the school; administrators find the class chats they are not in. */
export function NewChatDialog({ onClose }: { onClose(): void }) {
  const memberships = me.value?.memberships ?? [];
  const schools = [...new Map(memberships.map((one) => [one.school.id, one.school])).values()];
  const [school, setSchool] = useState(schools[0]?.id ?? "");
  const administers = memberships.some((one) => one.school.id === school && one.role === "administrator");
  const [kind, setKind] = useState<Kind>("personal");
  const [title, setTitle] = useState("");
  const [people, setPeople] = useState<readonly string[]>([]);
  const [audience, setAudience] = useState<"everybody" | "staff">("everybody");
  const [missing, setMissing] = useState(false);
  const doing = useDoing();
  const keyOf = useRepeat();
  const make = async (body: NewChat): Promise<void> => {
    let made: Chat | null = null;
    const went = await doing.run(async () => {
      made = await makeChat(school, body, keyOf(body));
      putChat(made);
    });
    if (went && made) navigate(to.chat((made as Chat).id), true);
  };
  const named = async (): Promise<void> => {
    setMissing(!title.trim());
    if (!title.trim()) return;
    if (kind === "group") await make({ kind, title: title.trim(), people: [...people] });
    else if (kind === "school" || kind === "channel") await make({ kind, title: title.trim(), audience });
  };
  const kinds: Kind[] = administers ? ["personal", "group", "school", "channel", "joined"] : ["personal", "group"];
  return (
    <Dialog title={t("chat.new")} onClose={onClose} testId="new-chat-dialog">
      {schools.length > 1 && (
        <Select label={t("nav.school")} value={school} onChange={setSchool} options={schools.map((one) => ({ value: one.id, label: one.name }))} />
      )}
      <Segments label={t("chat.kind")} name="kind" value={kind} onChange={(next) => setKind(next)} options={kinds.map((value) => ({ value, label: t(`chat.kind.${value}`) }))} />
      {kind !== "personal" && kind !== "joined" && (
        <>
          <Field label={t("chat.name")} name="title" value={title} maxLength={100} error={missing ? t("chat.nameMissing") : null} onInput={setTitle} />
        </>
      )}
      {(kind === "school" || kind === "channel") && (
        <Segments
          label={t("chat.forWhom")}
          name="audience"
          value={audience}
          onChange={(next) => setAudience(next)}
          options={[
            { value: "everybody", label: t("chat.everybody") },
            { value: "staff", label: t("chat.staff") },
          ]}
        />
      )}
      {(kind === "personal" || kind === "group") && (
        <ContactPicker
          key={`${kind} ${school}`}
          school={school}
          several={kind === "group"}
          chosen={people}
          onChange={setPeople}
          onPick={(one) => void make({ kind: "personal", people: [one.id] })}
        />
      )}
      {kind === "joined" && <OtherChats school={school} />}
      <Trouble problem={doing.trouble} />
      {kind !== "personal" && kind !== "joined" && (
        <div class="dialog-actions">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" testId="make-chat" onPress={named}>
            {t("chat.make")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

/** Class chats an administrator may read and has not taken into the list. */
function OtherChats({ school }: { school: string }) {
  const { data } = useResource(`chats/others/${school}`, () => fetchChats(true), 60_000);
  const doing = useDoing();
  const others = (data ?? []).filter((chat) => chat.school.id === school && !chat.joined);
  const join = async (chat: Chat): Promise<void> => {
    if (!(await doing.run(() => joinChat(chat.id)))) return;
    await loadInbox();
    navigate(to.chat(chat.id), true);
  };
  return (
    <>
      <Trouble problem={doing.trouble} />
      {others.length === 0 ? (
        <p class="meta">{t("chat.noOthers")}</p>
      ) : (
        <ul class="person-lines pick-scroll">
          {others.map((chat) => (
            <li key={chat.id}>
              <button type="button" class="person-line" onClick={() => void join(chat)}>
                <Avatar id={chat.id} name={avatarName(chat)} size={32} square />
                <span>{titleOf(chat)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
