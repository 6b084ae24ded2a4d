import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Block, StoredFile } from "../../api/documents";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { useFile } from "../documents/files";
import { FileIcon } from "../documents/icon";
import { useLimit } from "../documents/limit";
import { PickFile } from "../documents/pick";
import { bytes } from "../documents/size";
import { UploadRow } from "../documents/upload-row";
import { cancelUpload, upload, uploads } from "../documents/uploads";

export type FileKindOfBlock = "picture" | "video" | "file";
type OfFile = Extract<Block, { file_id: string }>;

/** A picture, a video or a file in an article that is being written, with the words beside it. */
export function FileBlock({ block, file: given, onChange }: { block: OfFile; file: StoredFile | undefined; onChange(block: OfFile): void }) {
  const held = useFile(block.file_id);
  const file = held ?? given ?? null;
  return (
    <figure class="writer-file">
      {file && block.type === "picture" && (
        <img src={file.links.medium ?? file.links.content} alt={block.alt || block.caption || ""} width={file.width ?? undefined} height={file.height ?? undefined} />
      )}
      {file && block.type === "video" && (
        <video src={file.links.video ?? file.links.content} poster={file.links.poster ?? undefined} controls preload="none">
          <track kind="captions" />
        </video>
      )}
      {file && block.type === "file" && (
        <span class="file-chip">
          <FileIcon name={file.name} mediaType={file.media_type} picture={file.links.small} />
          <span>
            <span class="file-name">{file.name}</span>
            <span class="meta num">{bytes(file.size)}</span>
          </span>
        </span>
      )}
      {!file && <p class="meta">{held === null ? t("files.gone") : t("load.wait")}</p>}
      {block.type !== "file" && (
        <Field label={t("article.caption")} name="caption" value={block.caption ?? ""} maxLength={500} onInput={(caption) => onChange({ ...block, caption })} />
      )}
      {block.type === "picture" && (
        <Field label={t("article.alt")} name="alt" hint={t("article.altHint")} value={block.alt ?? ""} maxLength={500} onInput={(alt) => onChange({ ...block, alt })} />
      )}
    </figure>
  );
}

interface AddFile {
  ask(kind: FileKindOfBlock): void;
  /** Files on their way, and the questions about them. */
  view: VNode;
}

const ACCEPTS: Readonly<Record<FileKindOfBlock, string | undefined>> = { picture: "image/*", video: "video/*", file: undefined };

/** Puts a file into an article: from the device, or one that is there already. */
export function useAddFile(onFile: (file: StoredFile, kind: FileKindOfBlock) => void): AddFile {
  const [asking, setAsking] = useState<FileKindOfBlock | null>(null);
  const [picking, setPicking] = useState<FileKindOfBlock | null>(null);
  const [keys, setKeys] = useState<readonly string[]>([]);
  const [refused, setRefused] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const kind = useRef<FileKindOfBlock>("file");
  const limit = useLimit();
  // The blocks may be others by the time a file has arrived.
  const arrived = useRef(onFile);
  arrived.current = onFile;
  const take = (files: readonly File[]): void => {
    setRefused(null);
    for (const file of files) {
      if (limit !== null && file.size > limit) {
        setRefused(t("files.tooBig", { limit: bytes(limit) }));
        continue;
      }
      const wanted = kind.current;
      const { key, made } = upload(file, { to: "own", folder: null });
      setKeys((now) => [...now, key]);
      void made.then((stored) => {
        setKeys((now) => now.filter((one) => one !== key));
        if (!stored) return;
        cancelUpload(key);
        arrived.current(stored, wanted);
      });
    }
  };
  const going = uploads.value.filter((one) => keys.includes(one.key));
  const view = (
    <>
      <input
        ref={input}
        type="file"
        hidden
        data-testid="article-file"
        accept={ACCEPTS[kind.current]}
        onChange={(event) => {
          take([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {going.length > 0 && (
        <ul class="card upload-rows">
          {going.map((one) => (
            <UploadRow key={one.key} upload={one} />
          ))}
        </ul>
      )}
      <div role="alert" class="trouble">
        {refused && <p class="field-error">{refused}</p>}
      </div>
      {asking && (
        <Dialog title={t(`article.${asking}`)} onClose={() => setAsking(null)}>
          <div class="stack">
            <Button
              kind="primary"
              wide
              onPress={() => {
                setAsking(null);
                input.current?.click();
              }}
            >
              {t("compose.fromDevice")}
            </Button>
            <Button
              wide
              onPress={() => {
                setPicking(asking);
                setAsking(null);
              }}
            >
              {t("compose.fromDocuments")}
            </Button>
          </div>
        </Dialog>
      )}
      {picking && (
        <PickFile
          accepts={(file) => picking === "file" || file.kind === picking}
          onClose={() => setPicking(null)}
          onPick={(file) => {
            setPicking(null);
            arrived.current(file, picking);
          }}
        />
      )}
    </>
  );
  return {
    ask(wanted) {
      kind.current = wanted;
      if (input.current) input.current.accept = ACCEPTS[wanted] ?? "";
      setAsking(wanted);
    },
    view,
  };
}
