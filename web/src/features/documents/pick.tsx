import { Folder as FolderIcon, FolderOpen } from "lucide-preact";
import { useState } from "preact/hooks";
import { fetchListing, type StoredFile } from "../../api/documents";
import { useResource } from "../../app/resource";
import { me } from "../../app/session";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Field, Select } from "../../ui/field";
import { Loaded } from "../../ui/states";
import { useSettled } from "../messages/contacts";
import { FileIcon } from "./icon";
import { placeOf, placesOf } from "./place";
import { bytes } from "./size";

interface PickFileProps {
  /** Only such files. */
  accepts?(file: StoredFile): boolean;
  onPick(file: StoredFile): void;
  onClose(): void;
}

/** Chooses a file that is there already: of one's own, of the school, of a class. */
export function PickFile({ accepts = () => true, onPick, onClose }: PickFileProps) {
  const person = me.value;
  const { schools, classes } = person ? placesOf(person) : { schools: [], classes: [] };
  const [place, setPlace] = useState("mine");
  const [folder, setFolder] = useState<string | null>(null);
  const [wish, setWish] = useState("");
  const q = useSettled(wish.trim(), 300);
  const listing = useResource(
    `pick/${place}/${folder ?? ""}/${q}`,
    () => fetchListing(placeOf(place), { folder_id: folder, q, limit: 100 }),
    120_000,
  );
  return (
    <Dialog title={t("files.pick")} onClose={onClose} testId="pick-file">
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
      <Field label={t("documents.search")} name="pick" type="search" value={wish} onInput={setWish} />
      <Loaded resource={listing} skeleton={<div class="bone" />} notFound={<p>{t("notFound")}</p>}>
        {(data) => {
          const files = data.files.filter(accepts);
          return (
            <ul class="person-lines pick-scroll">
              {folder !== null && (
                <li>
                  <button type="button" class="person-line" onClick={() => setFolder(data.path[data.path.length - 2]?.id ?? null)}>
                    <FolderOpen size={20} strokeWidth={1.75} aria-hidden="true" />
                    <span>{t("documents.up")}</span>
                  </button>
                </li>
              )}
              {data.folders.map((one) => (
                <li key={one.id}>
                  <button type="button" class="person-line" onClick={() => setFolder(one.id)}>
                    <FolderIcon size={20} strokeWidth={1.75} aria-hidden="true" />
                    <span>{one.name}</span>
                  </button>
                </li>
              ))}
              {files.map((one) => (
                <li key={one.id}>
                  <button type="button" class="person-line" onClick={() => onPick(one)}>
                    <FileIcon name={one.name} mediaType={one.media_type} picture={one.links.small} />
                    <span>
                      {one.name}
                      <br />
                      <span class="meta num">{bytes(one.size)}</span>
                    </span>
                  </button>
                </li>
              ))}
              {data.folders.length === 0 && files.length === 0 && <li class="meta">{t(q ? "documents.nothingFound" : "documents.none")}</li>}
            </ul>
          );
        }}
      </Loaded>
    </Dialog>
  );
}
