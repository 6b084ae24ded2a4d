import { Play } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Attachment } from "../../api/chats";
import type { StoredFile } from "../../api/documents";
import { t } from "../../i18n";
import { FileIcon } from "../documents/icon";
import { useFile, want } from "../documents/files";
import { Viewer } from "../documents/viewer";
import { bytes } from "../documents/size";

const isPicture = (one: Attachment): boolean => /^image\/(png|jpeg|webp|gif|avif|heic)/.test(one.media_type);
const isVideo = (one: Attachment): boolean => one.media_type.startsWith("video/");

/** Files that hang on a message: pictures and videos as pictures, which keep their place before they come; others as rows. */
export function Attachments({ of, tab }: { of: readonly Attachment[]; tab: number }) {
  const [open, setOpen] = useState<string | null>(null);
  const seen = of.filter((one) => isPicture(one) || isVideo(one));
  const rest = of.filter((one) => !seen.includes(one));
  return (
    <div class="files">
      {seen.length === 1 && seen[0] && <Picture of={seen[0]} tab={tab} alone onOpen={setOpen} />}
      {seen.length > 1 && (
        <div class="picture-grid">
          {seen.map((one) => (
            <Picture key={one.file_id} of={one} tab={tab} onOpen={setOpen} />
          ))}
        </div>
      )}
      {rest.map((one) => (
        <Row key={one.file_id} of={one} tab={tab} onOpen={setOpen} />
      ))}
      {open !== null && <Viewer ids={of.map((one) => one.file_id)} start={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

interface PieceProps {
  of: Attachment;
  tab: number;
  alone?: boolean;
  onOpen(id: string): void;
}

/** Not higher than this share of its width, so that a screenshot of a phone does not fill the chat. */
const HIGHEST = 1.25;

function Picture({ of, tab, alone, onOpen }: PieceProps) {
  const file = useFile(of.file_id);
  if (file === null) return <Gone of={of} />;
  const width = file?.width ?? 4;
  const height = file?.height ?? 3;
  const ratio = Math.min(height / width, HIGHEST);
  const source = pictureOf(file);
  return (
    <button
      type="button"
      class="file-picture"
      tabIndex={tab}
      aria-label={t(isVideo(of) ? "files.openVideo" : "files.openPicture", { name: of.name })}
      style={alone ? { aspectRatio: `1 / ${ratio}`, maxWidth: `min(100%, ${Math.max(160, Math.min(width, 360))}px)` } : undefined}
      onClick={() => onOpen(of.file_id)}
    >
      {source && <img src={source} alt="" loading="lazy" decoding="async" onError={() => want(of.file_id)} />}
      {isVideo(of) && <Play strokeWidth={1.75} aria-hidden="true" />}
    </button>
  );
}

function pictureOf(file: StoredFile | undefined): string | null {
  if (!file) return null;
  const { links } = file;
  return links.medium ?? links.small ?? links.poster ?? (file.kind === "picture" && file.previews === "none" ? links.content : null);
}

function Row({ of, tab, onOpen }: PieceProps) {
  const file = useFile(of.file_id);
  if (file === null) return <Gone of={of} />;
  return (
    <button type="button" class="file-chip" tabIndex={tab} aria-label={t("files.open", { name: of.name })} onClick={() => onOpen(of.file_id)}>
      <FileIcon name={of.name} mediaType={of.media_type} picture={file?.links.small ?? null} />
      <span>
        <span class="file-name">{of.name}</span>
        <span class="meta num">{bytes(of.size)}</span>
      </span>
    </button>
  );
}

function Gone({ of }: { of: Attachment }) {
  return (
    <div class="file-chip">
      <FileIcon name={of.name} mediaType={of.media_type} picture={null} />
      <span>
        <span class="file-name">{of.name}</span>
        <span class="meta">{t("files.gone")}</span>
      </span>
    </div>
  );
}
