import { useState } from "preact/hooks";
import type { Block, Span, StoredFile } from "../../api/documents";
import { t } from "../../i18n";
import { FileIcon } from "../documents/icon";
import { bytes } from "../documents/size";
import { Viewer } from "../documents/viewer";

interface BlocksProps {
  blocks: readonly Block[];
  files: readonly StoredFile[];
  /** A link has run out: ask for the article again. */
  onStale?(): void;
}

/** What an article says, block by block. */
export function Blocks({ blocks, files, onStale }: BlocksProps) {
  const [open, setOpen] = useState<string | null>(null);
  const known = new Map(files.map((file) => [file.id, file]));
  const shown = blocks.flatMap((block) => ("file_id" in block && known.has(block.file_id) ? [block.file_id] : []));
  return (
    <div class="article-body">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} file={"file_id" in block ? known.get(block.file_id) : undefined} onOpen={setOpen} onStale={onStale} />
      ))}
      {open !== null && <Viewer ids={shown} start={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

interface BlockProps {
  block: Block;
  file: StoredFile | undefined;
  onOpen(id: string): void;
  onStale: (() => void) | undefined;
}

function BlockView({ block, file, onOpen, onStale }: BlockProps) {
  switch (block.type) {
    case "heading":
      return block.level === 2 ? <h2>{block.text}</h2> : <h3>{block.text}</h3>;
    case "text":
      return (
        <p>
          <Words of={block.text} />
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Words of={block.text} />
        </blockquote>
      );
    case "list": {
      const items = block.items.map((item, index) => (
        <li key={index}>
          <Words of={item} />
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "picture":
      return <Picture block={block} file={file} onOpen={onOpen} onStale={onStale} />;
    case "video":
      return (
        <figure>
          {file ? (
            <video src={file.links.video ?? file.links.content} poster={file.links.poster ?? undefined} controls playsInline preload="none">
              <track kind="captions" />
            </video>
          ) : (
            <p class="meta">{t("files.gone")}</p>
          )}
          {block.caption && <figcaption>{block.caption}</figcaption>}
        </figure>
      );
    default:
      return file ? (
        <button type="button" class="file-chip article-file" onClick={() => onOpen(file.id)}>
          <FileIcon name={file.name} mediaType={file.media_type} picture={file.links.small} />
          <span>
            <span class="file-name">{file.name}</span>
            <span class="meta num">{bytes(file.size)}</span>
          </span>
        </button>
      ) : (
        <p class="meta">{t("files.gone")}</p>
      );
  }
}

function Picture({ block, file, onOpen, onStale }: BlockProps & { block: Extract<Block, { type: "picture" }> }) {
  if (!file) return <p class="meta">{t("files.gone")}</p>;
  return (
    <figure>
      <button type="button" class="article-picture" aria-label={t("files.openPicture", { name: block.alt || block.caption || file.name })} onClick={() => onOpen(file.id)}>
        <img
          src={file.links.large ?? file.links.medium ?? file.links.content}
          alt={block.alt || block.caption || ""}
          width={file.width ?? undefined}
          height={file.height ?? undefined}
          decoding="async"
          loading="lazy"
          onError={() => onStale?.()}
        />
      </button>
      {block.caption && <figcaption>{block.caption}</figcaption>}
    </figure>
  );
}

export function Words({ of }: { of: readonly Span[] }) {
  return (
    <>
      {of.map(({ text, bold, italic, href }, index) => {
        let words = <>{text}</>;
        if (italic) words = <i>{words}</i>;
        if (bold) words = <b>{words}</b>;
        if (!href) return <span key={index}>{words}</span>;
        const own = href.startsWith("/");
        return (
          <a key={index} href={href} {...(own ? {} : { target: "_blank", rel: "noopener noreferrer nofollow" })}>
            {words}
          </a>
        );
      })}
    </>
  );
}
