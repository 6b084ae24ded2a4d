import { Folder as FolderIcon, FolderOpen, Users } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Chat } from "../../api/chats";
import { copyFile, editFile, editFolder, fetchFile, fetchListing, type Folder, makeFolder, type Shelf, type StoredFile } from "../../api/documents";
import { useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { me } from "../../app/session";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field, Select } from "../../ui/field";
import { Form } from "../../ui/form";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { ChatPicker } from "../messages/chat-picker";
import { post } from "../messages/sending";
import { titleOf } from "../messages/words";
import { placeOf, placesOf, textOf } from "./place";

interface SheetProps {
  onDone(): void;
  onClose(): void;
}

export function NewFolderDialog({ place, parent, onDone, onClose }: SheetProps & { place: Shelf; parent: string | null }) {
  const [name, setName] = useState("");
  const doing = useDoing();
  const keyOf = useRepeat();
  const make = async (): Promise<void> => {
    const wanted = name.trim();
    if (!wanted || !(await doing.run(() => makeFolder(place, wanted, parent, keyOf({ wanted, parent }))))) return;
    onDone();
    onClose();
  };
  return (
    <Dialog title={t("documents.newFolder")} onClose={onClose}>
      <Form action={t("documents.make")} trouble={doing.trouble} onSubmit={make} onClose={onClose}>
        <Field label={t("documents.name")} name="folder" value={name} maxLength={200} autoFocus onInput={setName} />
      </Form>
    </Dialog>
  );
}

export type Thing = { file: StoredFile; folder?: undefined } | { folder: Folder; file?: undefined };

export function RenameDialog({ of, onDone, onClose }: SheetProps & { of: Thing }) {
  const thing = of.file ?? of.folder;
  const [name, setName] = useState(thing.name);
  const doing = useDoing();
  const save = async (): Promise<void> => {
    const wanted = name.trim();
    if (!wanted || !(await doing.run(() => (of.file ? editFile(thing.id, { name: wanted }) : editFolder(thing.id, { name: wanted }))))) return;
    onDone();
    onClose();
  };
  return (
    <Dialog title={t("documents.rename")} onClose={onClose}>
      <Form action={t("common.save")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <Field label={t("documents.name")} name="name" value={name} maxLength={200} autoFocus onInput={setName} />
      </Form>
    </Dialog>
  );
}

/** Folders of a place, one level at a time. */
function Folders({ shelf, at, without, onChange }: { shelf: Shelf; at: string | null; without: string | null; onChange(folder: string | null): void }) {
  const place = textOf(shelf);
  const listing = useResource(`folders/${place}/${at ?? ""}`, () => fetchListing(shelf, { folder_id: at, limit: 1 }), 120_000);
  return (
    <Loaded resource={listing} skeleton={<div class="bone" />} notFound={<p>{t("notFound")}</p>}>
      {(data) => {
        const above = data.path[data.path.length - 2]?.id ?? null;
        return (
          <ul class="person-lines pick-scroll">
            {at !== null && (
              <li>
                <button type="button" class="person-line" onClick={() => onChange(above)}>
                  <FolderOpen size={20} strokeWidth={1.75} aria-hidden="true" />
                  <span>{t("documents.up")}</span>
                </button>
              </li>
            )}
            {data.folders
              .filter((one) => one.id !== without)
              .map((one) => (
                <li key={one.id}>
                  <button type="button" class="person-line" onClick={() => onChange(one.id)}>
                    <FolderIcon size={20} strokeWidth={1.75} aria-hidden="true" />
                    <span>{one.name}</span>
                  </button>
                </li>
              ))}
            {data.folders.length === 0 && at === null && <li class="meta">{t("documents.noFolders")}</li>}
          </ul>
        );
      }}
    </Loaded>
  );
}

/** Within its place; into another place one copies. */
export function MoveDialog({ of, onDone, onClose }: SheetProps & { of: Thing }) {
  const thing = of.file ?? of.folder;
  const [folder, setFolder] = useState<string | null>(of.file ? of.file.folder_id : of.folder.parent_id);
  const doing = useDoing();
  const move = async (): Promise<void> => {
    const went = await doing.run(() => (of.file ? editFile(thing.id, { folder_id: folder }) : editFolder(thing.id, { parent_id: folder })));
    if (!went) return;
    onDone();
    onClose();
    showToast(t("documents.moved", { name: thing.name }));
  };
  return (
    <Dialog title={t("documents.moveWhere", { name: thing.name })} onClose={onClose}>
      <Folders shelf={thing.place} at={folder} without={of.folder?.id ?? null} onChange={setFolder} />
      <Trouble problem={doing.trouble} />
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" onPress={move}>
          {t("documents.moveHere")}
        </Button>
      </div>
    </Dialog>
  );
}

/** A copy in another place: those who see that place see it. */
export function CopyDialog({ file, onClose }: { file: StoredFile; onClose(): void }) {
  const person = me.value;
  const { schools, classes } = person ? placesOf(person) : { schools: [], classes: [] };
  const [place, setPlace] = useState(textOf({ kind: "own", id: null }));
  const [folder, setFolder] = useState<string | null>(null);
  const doing = useDoing();
  const copy = async (): Promise<void> => {
    if (!(await doing.run(() => copyFile(file.id, placeOf(place), folder)))) return;
    onClose();
    showToast(t("documents.copied", { name: file.name }), { label: t("chat.open"), run: () => navigate(to.documents(place, folder)) });
  };
  return (
    <Dialog title={t("documents.copyWhere", { name: file.name })} onClose={onClose}>
      <Select
        label={t("documents.place")}
        value={place}
        onChange={(next) => {
          setPlace(next);
          setFolder(null);
        }}
        options={[
          { value: "mine", label: t("documents.mine") },
          ...schools.map((one) => ({ value: `school:${one.id}`, label: one.name })),
          ...classes.map((one) => ({ value: `class:${one.id}`, label: one.name })),
        ]}
      />
      <Folders key={place} shelf={placeOf(place)} at={folder} without={null} onChange={setFolder} />
      <Trouble problem={doing.trouble} />
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" onPress={copy}>
          {t("documents.copyHere")}
        </Button>
      </div>
    </Dialog>
  );
}

export function SendDialog({ file, onClose }: { file: StoredFile; onClose(): void }) {
  const send = (chat: Chat): void => {
    post(chat.id, { attachments: [file.id] });
    onClose();
    showToast(t("documents.sent", { name: titleOf(chat) }), { label: t("chat.open"), run: () => navigate(to.chat(chat.id)) });
  };
  return (
    <Dialog title={t("documents.send")} onClose={onClose}>
      <ChatPicker onPick={send} />
    </Dialog>
  );
}

export function ReadersDialog({ file, onClose }: { file: StoredFile; onClose(): void }) {
  const details = useResource(`file/${file.id}`, () => fetchFile(file.id), 60_000);
  return (
    <Dialog title={t("documents.readers")} onClose={onClose}>
      <Loaded resource={details} skeleton={<div class="bone" />} notFound={<p>{t("files.gone")}</p>}>
        {({ readers }) => (
          <div class="person-line">
            <Users size={20} strokeWidth={1.75} aria-hidden="true" />
            <span>
              {readers.place.kind === "own"
                ? t("documents.onlyYou")
                : t(readers.place.kind === "school" ? "documents.readersSchool" : "documents.readersClass", { name: readers.place.name, count: readers.people })}
              {readers.chats > 0 && (
                <>
                  <br />
                  {t("documents.readersChats", { count: readers.chats })}
                </>
              )}
            </span>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
