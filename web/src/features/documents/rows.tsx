import { ArchiveRestore, Copy, Download, Eye, Folder as FolderIcon, FolderInput, Pencil, Send, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { type Folder, restoreFile, restoreFolder, type StoredFile, trashFile, trashFolder } from "../../api/documents";
import { asApiError, explain } from "../../app/action";
import { withQuery } from "../../app/router";
import { to } from "../../app/router";
import { showToast } from "../../app/toast";
import { me } from "../../app/session";
import { t } from "../../i18n";
import type { MenuItem } from "../../ui/menu";
import { RowMenu } from "../../ui/row-menu";
import { shortWhen } from "../messages/words";
import { FileIcon } from "./icon";
import { bytes } from "./size";
import { CopyDialog, MoveDialog, ReadersDialog, RenameDialog, SendDialog } from "./sheets";

interface RowProps {
  place: string;
  trash: boolean;
  onChange(): void;
}

const icon = { size: 20, strokeWidth: 1.75 };
type Sheet = "rename" | "move" | "copy" | "send" | "readers" | null;

async function doing(work: () => Promise<unknown>, onDone: () => void): Promise<void> {
  try {
    await work();
    onDone();
  } catch (error) {
    showToast(explain(asApiError(error)));
  }
}

export function FolderRow({ folder, place, trash, onChange }: RowProps & { folder: Folder }) {
  const [sheet, setSheet] = useState<Sheet>(null);
  const restore = (): Promise<void> => doing(() => restoreFolder(folder.id), onChange);
  const drop = (): Promise<void> =>
    doing(() => trashFolder(folder.id), () => {
      onChange();
      showToast(t("documents.trashed", { name: folder.name }), { label: t("common.undo"), run: () => void restore() });
    });
  const items: MenuItem[] = !folder.may_edit
    ? []
    : trash
      ? [{ label: t("documents.restore"), icon: <ArchiveRestore {...icon} />, run: restore }]
      : [
          { label: t("documents.rename"), icon: <Pencil {...icon} />, run: () => setSheet("rename") },
          { label: t("documents.move"), icon: <FolderInput {...icon} />, run: () => setSheet("move") },
          { label: t("documents.delete"), icon: <Trash2 {...icon} />, dangerous: true, run: drop },
        ];
  const words = (
    <>
      <span class="file-icon folder" aria-hidden="true">
        <FolderIcon {...icon} />
      </span>
      <span class="file-words">
        <span class="file-name">{folder.name}</span>
      </span>
    </>
  );
  return (
    <li class="file-row">
      {trash ? (
        <span class="file-main">{words}</span>
      ) : (
        <a class="file-main" href={to.documents(place, folder.id)} aria-label={t("documents.folder", { name: folder.name })}>
          {words}
        </a>
      )}
      <RowMenu label={t("documents.actions", { name: folder.name })} items={items} />
      {sheet === "rename" && <RenameDialog of={{ folder }} onDone={onChange} onClose={() => setSheet(null)} />}
      {sheet === "move" && <MoveDialog of={{ folder }} onDone={onChange} onClose={() => setSheet(null)} />}
    </li>
  );
}

export function FileRow({ file, trash, onChange }: RowProps & { file: StoredFile }) {
  const [sheet, setSheet] = useState<Sheet>(null);
  const close = (): void => setSheet(null);
  const restore = (): Promise<void> => doing(() => restoreFile(file.id), onChange);
  const drop = (): Promise<void> =>
    doing(() => trashFile(file.id), () => {
      onChange();
      showToast(t("documents.trashed", { name: file.name }), { label: t("common.undo"), run: () => void restore() });
    });
  const when = shortWhen(file.created_at);
  const items: (MenuItem | false)[] = trash
    ? [file.may_edit && { label: t("documents.restore"), icon: <ArchiveRestore {...icon} />, run: restore }]
    : [
        { label: t("files.download"), icon: <Download {...icon} />, run: () => save(file) },
        { label: t("documents.send"), icon: <Send {...icon} />, run: () => setSheet("send") },
        file.may_edit && { label: t("documents.rename"), icon: <Pencil {...icon} />, run: () => setSheet("rename") },
        file.may_edit && { label: t("documents.move"), icon: <FolderInput {...icon} />, run: () => setSheet("move") },
        { label: t("documents.copy"), icon: <Copy {...icon} />, run: () => setSheet("copy") },
        { label: t("documents.readers"), icon: <Eye {...icon} />, run: () => setSheet("readers") },
        file.may_edit && { label: t("documents.delete"), icon: <Trash2 {...icon} />, dangerous: true, run: drop },
      ];
  const foreign = file.owner.id !== me.value?.id;
  const words = (
    <>
      <FileIcon name={file.name} mediaType={file.media_type} picture={file.links.small ?? file.links.poster} />
      <span class="file-words">
        <span class="file-name">{file.name}</span>
        <span class="meta num">
          {foreign ? t("documents.metaBy", { size: bytes(file.size), when, name: file.owner.name }) : t("documents.meta", { size: bytes(file.size), when })}
        </span>
      </span>
    </>
  );
  return (
    <li class="file-row" data-testid="file-row">
      {trash ? (
        <span class="file-main">{words}</span>
      ) : (
        <a class="file-main" href={withQuery("file", file.id)}>
          {words}
        </a>
      )}
      <RowMenu label={t("documents.actions", { name: file.name })} items={items.filter((one) => one !== false)} />
      {sheet === "rename" && <RenameDialog of={{ file }} onDone={onChange} onClose={close} />}
      {sheet === "move" && <MoveDialog of={{ file }} onDone={onChange} onClose={close} />}
      {sheet === "copy" && <CopyDialog file={file} onClose={close} />}
      {sheet === "send" && <SendDialog file={file} onClose={close} />}
      {sheet === "readers" && <ReadersDialog file={file} onClose={close} />}
    </li>
  );
}

/** Lets the browser save a file. */
export function save(file: StoredFile): void {
  const link = document.createElement("a");
  link.href = file.links.download;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
}
