import { ArrowLeft, Send } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  type ArticleDetails, type Block, editArticle, fetchArticle, makeArticle, publishArticle, type Shelf, type StoredFile, type Versioned,
} from "../../api/documents";
import { ApiError } from "../../api/http";
import { useDoing } from "../../app/action";
import { dropDraft, keepDraft, keptDraft } from "../../app/kept";
import { useRepeat } from "../../app/repeat";
import { navigate, query, to } from "../../app/router";
import { me } from "../../app/session";
import { useTitle } from "../../app/title";
import { showToast } from "../../app/toast";
import { clock, t } from "../../i18n";
import { Button } from "../../ui/button";
import { grow } from "../../ui/grow";
import { Failed, Waiting } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { NotFound } from "../shell/not-found";
import { ConflictDialog } from "./conflict";
import { BlockEditor } from "./blocks";
import { filled, same } from "./spans";
import "./articles.css";

/** What is being written. */
export interface Draft {
  title: string;
  blocks: Block[];
}

/** An article as the platform has it, and what was written on top of it in this browser. */
interface Opened {
  article: Versioned<ArticleDetails> | null;
  draft: Draft;
  /** When the draft was kept here, ms; 0: there was none. */
  keptAt: number;
}

const KEEP_EVERY_MS = 2_000;
const EMPTY: Draft = { title: "", blocks: [{ type: "text", text: [] }] };
const shelfOf = (id: string | null, place: Shelf | null): string => `articles/${id ?? `new ${place?.kind} ${place?.id}`}`;

/** The editor of an article. What is written is kept in this browser every two seconds until it is saved. */
export function WritePage({ id }: { id: string | null }) {
  const asked = query.value;
  const [place] = useState<Shelf | null>(() => {
    const [school, klass] = [asked.get("school"), asked.get("class")];
    return klass ? { kind: "class", id: klass } : school ? { kind: "school", id: school } : null;
  });
  const [opened, setOpened] = useState<Opened | null>(null);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const [since, setSince] = useState(Date.now());
  useTitle(t(id === null ? "article.new" : "article.edit"));
  const open = async (): Promise<void> => {
    setTrouble(null);
    setSince(Date.now());
    const kept = await keptDraft(me.peek()?.id ?? "", shelfOf(id, place));
    try {
      const article = id === null ? null : await fetchArticle(id);
      const base: Draft = article ? { title: article.data.title, blocks: article.data.blocks } : EMPTY;
      const draft = kept ? (kept.data as Draft) : base;
      setOpened({ article, draft, keptAt: kept && !same(draft, base) ? kept.at : 0 });
    } catch (error) {
      setTrouble(error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" }));
    }
  };
  useEffect(() => void open(), [id]);
  const editable = opened?.article?.data.may_edit ?? true;
  if (trouble?.status === 404 || !editable || (id === null && place === null)) return <NotFound />;
  if (trouble) return <Failed code={trouble.code} onRetry={() => void open()} />;
  if (!opened) return <Waiting since={since} skeleton={<div class="bone article-bone-text" />} onRetry={() => void open()} />;
  return <Editor key={id ?? "new"} opened={opened} place={place} />;
}

function Editor({ opened, place }: { opened: Opened; place: Shelf | null }) {
  const [article, setArticle] = useState(opened.article);
  const [draft, setDraft] = useState(opened.draft);
  const [files, setFiles] = useState<readonly StoredFile[]>(article?.data.files ?? []);
  const [keptAt, setKeptAt] = useState(opened.keptAt);
  const [theirs, setTheirs] = useState<Versioned<ArticleDetails> | null>(null);
  const [untitled, setUntitled] = useState(false);
  /** Counts up whenever the blocks are others than those that were typed here. */
  const [edition, setEdition] = useState(0);
  const doing = useDoing();
  const keyOf = useRepeat();
  const saved = useRef<Draft>(article ? { title: article.data.title, blocks: article.data.blocks } : EMPTY);
  const latest = useRef(draft);
  latest.current = draft;
  const id = article?.data.id ?? null;
  const shelf = shelfOf(id, place);
  const person = me.peek()?.id ?? "";
  const changed = !same(draft, saved.current);

  useEffect(() => {
    let last = latest.current;
    const keep = (): void => {
      if (latest.current === last) return;
      last = latest.current;
      if (same(last, saved.current)) return;
      void keepDraft(person, shelf, last);
      setKeptAt(Date.now());
    };
    const timer = setInterval(keep, KEEP_EVERY_MS);
    window.addEventListener("pagehide", keep);
    return () => {
      keep();
      clearInterval(timer);
      window.removeEventListener("pagehide", keep);
    };
  }, [shelf]);

  const take = (next: Versioned<ArticleDetails>): void => {
    saved.current = { title: next.data.title, blocks: next.data.blocks };
    setArticle(next);
    setFiles(next.data.files);
    setDraft({ title: next.data.title, blocks: next.data.blocks });
    setEdition((now) => now + 1);
    setKeptAt(0);
    setTheirs(null);
    void dropDraft(person, shelf);
  };

  /** Saves; the article as it is then, or null when it was refused or two have edited it. */
  const save = async (etag = article?.etag ?? ""): Promise<Versioned<ArticleDetails> | null> => {
    const body = { title: draft.title.trim(), blocks: filled(draft.blocks) };
    setUntitled(body.title === "");
    if (body.title === "") return null;
    if (article && !changed && etag === article.etag) return article;
    let made: Versioned<ArticleDetails> | null = null;
    const went = await doing.run(async () => {
      try {
        made = id === null && place ? await makeArticle(place, body.title, body.blocks, keyOf(body)) : await editArticle(id ?? "", etag, body);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "precondition_failed" || id === null) throw error;
        // Somebody else was faster: both versions are shown.
        setTheirs(await fetchArticle(id));
      }
    });
    if (!went || made === null) return null;
    take(made);
    return made;
  };

  const saveDraft = async (): Promise<void> => {
    const made = await save();
    if (!made) return;
    showToast(t("article.saved"));
    if (id === null) navigate(to.write(made.data.id), true);
  };
  const publish = async (): Promise<void> => {
    const made = await save();
    if (!made) return;
    if (made.data.state === "draft" && !(await doing.run(() => publishArticle(made.data.id)))) return;
    navigate(to.article(made.data.id), true);
    showToast(t(made.data.state === "draft" ? "article.published" : "article.saved"));
  };
  const isDraft = article === null || article.data.state === "draft";
  return (
    <div class="article writing">
      <div class="article-top">
        <a class="button text" href={id === null ? (place?.kind === "class" ? to.class(place.id ?? "") : to.schoolPage(place?.id ?? "")) : to.article(id)}>
          <ArrowLeft size={20} strokeWidth={1.75} aria-hidden="true" />
          {t("common.back")}
        </a>
        <p class="meta grow" role="status" data-testid="kept">
          {changed && keptAt > 0 ? t("article.kept", { time: clock(new Date(keptAt)) }) : changed ? "" : article ? t("article.allSaved") : ""}
        </p>
        {isDraft && (
          <Button testId="save-article" onPress={saveDraft}>
            {t("article.saveDraft")}
          </Button>
        )}
        <Button kind="primary" icon={isDraft ? <Send size={20} strokeWidth={1.75} /> : undefined} testId="publish" onPress={publish}>
          {t(isDraft ? "article.publish" : "common.save")}
        </Button>
      </div>
      <Trouble problem={doing.trouble} />
      <h1 tabIndex={-1} class="hidden-text">
        {t(id === null ? "article.new" : "article.edit")}
      </h1>
      <textarea
        class="article-title"
        rows={1}
        value={draft.title}
        maxLength={200}
        placeholder={t("article.titleHere")}
        aria-label={t("article.title")}
        aria-invalid={untitled ? "true" : undefined}
        data-testid="article-title"
        ref={grow}
        onInput={(event) => {
          grow(event.currentTarget);
          setUntitled(false);
          setDraft({ ...draft, title: event.currentTarget.value.replace(/\n/g, " ") });
        }}
      />
      {untitled && (
        <p class="field-error" role="alert">
          {t("article.titleMissing")}
        </p>
      )}
      <BlockEditor
        key={edition}
        blocks={draft.blocks}
        files={files}
        onChange={(blocks) => setDraft((now) => ({ ...now, blocks }))}
        onFile={(file) => setFiles((now) => [...now.filter((one) => one.id !== file.id), file])}
      />
      {theirs && (
        <ConflictDialog
          mine={draft}
          files={files}
          theirs={theirs.data}
          onMine={async () => {
            const made = await save(theirs.etag);
            if (made) showToast(t("article.saved"));
          }}
          onTheirs={() => take(theirs)}
          onClose={() => setTheirs(null)}
        />
      )}
    </div>
  );
}
