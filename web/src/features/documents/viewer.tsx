import { ChevronLeft, ChevronRight, Download, X } from "lucide-preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { fetchFile, type FileDetails, type StoredFile } from "../../api/documents";
import { useResource } from "../../app/resource";
import { number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Loaded } from "../../ui/states";
import { FileIcon } from "./icon";
import { bytes } from "./size";
import "./viewer.css";

interface ViewerProps {
  /** What one can turn to, in order. */
  ids: readonly string[];
  start: string;
  /** Files whose names are known already. */
  known?: readonly StoredFile[];
  /** Another one is shown. */
  onMove?(id: string): void;
  onClose(): void;
}

/** A file as it looks: a picture, a video, the pages of a document. Arrows turn to the next file, Esc closes. */
export function Viewer({ ids, start, onMove, onClose }: ViewerProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const [own, setOwn] = useState(start);
  const shown = onMove ? start : own;
  const at = ids.indexOf(shown);
  useLayoutEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>("h2")?.focus();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const go = (step: number): void => {
    const next = ids[at + step];
    if (next === undefined) return;
    if (onMove) onMove(next);
    else setOwn(next);
  };
  return (
    <dialog
      ref={ref}
      class="viewer on-stage"
      aria-labelledby="viewer-title"
      data-testid="viewer"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if ((event.target as HTMLElement).closest("video, audio, input")) return;
        if (event.key === "ArrowRight") go(1);
        if (event.key === "ArrowLeft") go(-1);
      }}
    >
      <Shown key={shown} id={shown} onClose={onClose} />
      {ids.length > 1 && (
        <>
          <button type="button" class="viewer-turn before" aria-label={t("files.before")} disabled={at <= 0} onClick={() => go(-1)}>
            <ChevronLeft size={28} strokeWidth={1.75} aria-hidden="true" />
          </button>
          <button type="button" class="viewer-turn after" aria-label={t("files.after")} disabled={at >= ids.length - 1} onClick={() => go(1)}>
            <ChevronRight size={28} strokeWidth={1.75} aria-hidden="true" />
          </button>
        </>
      )}
    </dialog>
  );
}

/** Links run out: what is looked at for long is asked for anew. */
const EVERY_MS = 8 * 60_000;

function Shown({ id, onClose }: { id: string; onClose(): void }) {
  const file = useResource(`file/${id}`, () => fetchFile(id), EVERY_MS);
  const waiting = file.data?.previews === "waiting";
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(file.reload, 2_500);
    return () => clearInterval(timer);
  }, [waiting]);
  return (
    <>
      <header class="viewer-head">
        <div>
          <h2 id="viewer-title" tabIndex={-1}>
            {file.data?.name ?? t("load.wait")}
          </h2>
          {file.data && <p class="num">{t("files.about", { size: bytes(file.data.size), name: file.data.owner.name })}</p>}
        </div>
        {file.data && (
          <a class="button viewer-button" href={file.data.links.download} download={file.data.name} aria-label={t("files.download")}>
            <Download size={20} strokeWidth={1.75} aria-hidden="true" />
            <span class="wide-only">{t("files.download")}</span>
          </a>
        )}
        <Button class="viewer-button" label={t("common.close")} icon={<X size={22} strokeWidth={1.75} />} onPress={onClose} />
      </header>
      <div class="viewer-body" role="region" aria-labelledby="viewer-title" tabIndex={0}>
        <Loaded resource={file} skeleton={<span class="ring big" />} notFound={<p class="viewer-note">{t("files.gone")}</p>}>
          {(data) => <Body file={data} onStale={file.reload} />}
        </Loaded>
      </div>
    </>
  );
}

function Body({ file, onStale }: { file: FileDetails; onStale(): void }) {
  const { links } = file;
  if (file.kind === "picture") {
    const source = links.large ?? links.medium ?? links.content;
    return <img class="viewer-picture" src={source} alt={file.caption || file.name} onError={onStale} />;
  }
  if (file.kind === "video") {
    return (
      // Captions come with lessons' recordings; what people upload has none.
      <video class="viewer-picture" src={links.video ?? links.content} poster={links.poster ?? undefined} controls playsInline preload="metadata">
        <track kind="captions" />
      </video>
    );
  }
  if (file.kind === "audio") return <audio src={links.content} controls />;
  if (file.page_links.length > 0) return <Pages file={file} onStale={onStale} />;
  return (
    <div class="viewer-note">
      <FileIcon name={file.name} mediaType={file.media_type} picture={null} size={40} />
      <p>{file.previews === "waiting" ? t("files.previewWaiting") : t("files.noPreview")}</p>
      <a class="button primary" href={links.download} download={file.name}>
        {t("files.download")}
      </a>
    </div>
  );
}

/** The pages of a document below each other. */
function Pages({ file, onStale }: { file: FileDetails; onStale(): void }) {
  const total = file.pages ?? file.page_links.length;
  return (
    <ol class="viewer-pages" data-testid="pages">
      {file.page_links.map((link, index) => (
        <li key={index}>
          <img src={link} alt={t("files.page", { page: number(index + 1), total: number(total) })} loading={index < 2 ? "eager" : "lazy"} decoding="async" onError={onStale} />
        </li>
      ))}
      {total > file.page_links.length && <li class="viewer-more">{t("files.morePages", { count: total - file.page_links.length })}</li>}
    </ol>
  );
}
