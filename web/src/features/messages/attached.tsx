import { Pause, Play, RotateCw, X } from "lucide-preact";
import { useMemo, useState } from "preact/hooks";
import type { StoredFile } from "../../api/documents";
import { explainCode } from "../../app/action";
import { t } from "../../i18n";
import { FileIcon } from "../documents/icon";
import { bytes } from "../documents/size";
import { useLimit } from "../documents/limit";
import { cancelUpload, type FileUpload, pauseUpload, resumeUpload, upload, uploads } from "../documents/uploads";
import { UploadBar, uploadWords } from "../documents/upload-row";

/** A file that will hang on the next message: on its way up, or there already. */
interface Item {
  key: string;
  file: StoredFile | null;
  made: Promise<StoredFile | null>;
}

export interface Attached {
  items: readonly Item[];
  /** Why something was not taken. */
  refused: string | null;
  add(files: readonly File[]): void;
  put(file: StoredFile): void;
  remove(key: string): void;
  clear(): void;
  /** All of them, once the last has arrived; null when one was given up. */
  all(): Promise<StoredFile[] | null>;
}

const MOST = 10;

export function useAttached(): Attached {
  const [items, setItems] = useState<readonly Item[]>([]);
  const [refused, setRefused] = useState<string | null>(null);
  const limit = useLimit();
  return useMemo(() => {
    const take = (more: Item[]): void => setItems((now) => [...now, ...more].slice(0, MOST));
    return {
      items,
      refused,
      add(files) {
        setRefused(null);
        const fitting = files.filter((file) => limit === null || file.size <= limit);
        if (fitting.length < files.length && limit !== null) setRefused(t("files.tooBig", { limit: bytes(limit) }));
        const room = MOST - items.length;
        if (fitting.length > room) setRefused(t("compose.tooMany", { count: MOST }));
        take(fitting.slice(0, room).map((file) => ({ ...upload(file, { to: "attachment" }), file: null })));
      },
      put: (file) => take([{ key: file.id, file, made: Promise.resolve(file) }]),
      remove(key) {
        setItems((now) => now.filter((one) => one.key !== key));
        if (items.some((one) => one.key === key && one.file === null)) cancelUpload(key);
      },
      clear() {
        setItems([]);
        setRefused(null);
      },
      async all() {
        const made = await Promise.all(items.map((one) => one.made));
        return made.every((one) => one !== null) ? made : null;
      },
    };
  }, [items, refused, limit]);
}

export function Chips({ attached }: { attached: Attached }) {
  const going = new Map(uploads.value.map((one) => [one.key, one]));
  return (
    <>
      <div role="alert" class="trouble">
        {attached.refused && <p class="field-error">{attached.refused}</p>}
      </div>
      {attached.items.length > 0 && (
        <ul class="compose-files">
          {attached.items.map((one) => (
            <li key={one.key}>
              {one.file ? <Chip file={one.file} onRemove={() => attached.remove(one.key)} /> : <Going of={going.get(one.key)} onRemove={() => attached.remove(one.key)} />}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Chip({ file, onRemove }: { file: StoredFile; onRemove(): void }) {
  return (
    <div class="file-chip">
      <FileIcon name={file.name} mediaType={file.media_type} picture={file.links.small} />
      <span>
        <span class="file-name">{file.name}</span>
        <span class="meta num">{bytes(file.size)}</span>
      </span>
      <Remove name={file.name} onRemove={onRemove} />
    </div>
  );
}

function Going({ of, onRemove }: { of: FileUpload | undefined; onRemove(): void }) {
  if (!of) return null;
  const { state, key, name } = of;
  return (
    <div class="file-chip" data-testid="attachment" data-state={state}>
      <FileIcon name={name} mediaType={of.made?.media_type ?? ""} picture={of.made?.links.small ?? null} />
      <span>
        <span class="file-name">{name}</span>
        <span class="meta num">{state === "failed" ? explainCode(of.code ?? "") : uploadWords(of)}</span>
      </span>
      <span class="chip-tools">
        {(state === "going" || state === "waiting") && (
          <button type="button" aria-label={t("files.pause", { name })} onClick={() => pauseUpload(key)}>
            <Pause size={18} strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
        {state === "paused" && (
          <button type="button" aria-label={t("files.resume", { name })} onClick={() => resumeUpload(key)}>
            <Play size={18} strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
        {state === "failed" && (
          <button type="button" aria-label={t("files.again", { name })} onClick={() => resumeUpload(key)}>
            <RotateCw size={18} strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
        <Remove name={name} onRemove={onRemove} />
      </span>
      {state !== "done" && state !== "failed" && <UploadBar upload={of} />}
    </div>
  );
}

function Remove({ name, onRemove }: { name: string; onRemove(): void }) {
  return (
    <button type="button" class="chip-remove" aria-label={t("files.remove", { name })} onClick={onRemove}>
      <X size={18} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
