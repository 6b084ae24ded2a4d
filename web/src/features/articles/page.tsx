import { ArrowLeft, Link, Pencil, Send, Share2, Trash2, Undo2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { type ArticleDetails, deleteArticle, fetchArticle, likeArticle, withdrawArticle } from "../../api/documents";
import { asApiError, explain, useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { useTitle } from "../../app/title";
import { showToast } from "../../app/toast";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Menu, type MenuItem } from "../../ui/menu";
import { RowMenu } from "../../ui/row-menu";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { NotFound } from "../shell/not-found";
import { CommentSection } from "./comments";
import { Like } from "./like";
import { ShareDialog } from "./share";
import { Blocks } from "./view";
import "./articles.css";

/** S8: an article, to be read. */
export function ArticlePage({ id }: { id: string }) {
  const article = useResource(`article/${id}`, () => fetchArticle(id), 120_000);
  useTitle(article.data?.data.title ?? t("article.one"));
  return (
    <Loaded resource={article} skeleton={<Bones />} notFound={<NotFound />}>
      {({ data }) => <Content article={data} onChange={article.reload} />}
    </Loaded>
  );
}

/** Where the things of a place stand. */
export const backTo = (place: ArticleDetails["place"]): string =>
  place.kind === "class" ? to.class(place.id ?? "") : to.schoolPage(place.id ?? "");

function Content({ article, onChange }: { article: ArticleDetails; onChange(): void }) {
  const [share, setShare] = useState<HTMLElement | null>(null);
  const [sheet, setSheet] = useState<"send" | "delete" | null>(null);
  const draft = article.state === "draft";
  const address = location.origin + to.article(article.id);
  const withdraw = async (): Promise<void> => {
    try {
      await withdrawArticle(article.id);
      onChange();
      showToast(t("article.withdrawn"));
    } catch (error) {
      showToast(explain(asApiError(error)));
    }
  };
  const menu: MenuItem[] = article.may_edit
    ? [
        ...(draft ? [] : [{ label: t("article.withdraw"), icon: <Undo2 size={20} strokeWidth={1.75} />, run: withdraw }]),
        { label: t("article.delete"), icon: <Trash2 size={20} strokeWidth={1.75} />, dangerous: true, run: () => setSheet("delete") },
      ]
    : [];
  return (
    <article class="article" data-testid="article">
      <div class="article-top">
        <a class="button text" href={backTo(article.place)}>
          <ArrowLeft size={20} strokeWidth={1.75} aria-hidden="true" />
          {article.place.name}
        </a>
        <span class="grow" />
        {article.may_edit && (
          <Button icon={<Pencil size={20} strokeWidth={1.75} />} testId="edit-article" onPress={() => navigate(to.write(article.id))}>
            {t("common.edit")}
          </Button>
        )}
        {!draft && (
          <Button icon={<Share2 size={20} strokeWidth={1.75} />} onPress={(event) => setShare(event.currentTarget)}>
            {t("article.share")}
          </Button>
        )}
        <RowMenu label={t("article.menu")} items={menu} />
      </div>
      <header class="article-head">
        {draft && <span class="article-draft">{t("article.draft")}</span>}
        <h1 tabIndex={-1}>{article.title}</h1>
        <p class="meta">
          {t("article.by", {
            name: article.author.name,
            when: moment(new Date(article.published_at ?? article.changed_at)),
            minutes: t("article.minutes", { count: Math.max(1, article.minutes) }),
          })}
        </p>
      </header>
      <Blocks blocks={article.blocks} files={article.files} onStale={onChange} />
      {!draft && (
        <footer class="article-foot">
          <Like key={`${article.likes} ${article.liked}`} likes={article.likes} liked={article.liked} change={(liked) => likeArticle(article.id, liked)} />
          <CommentSection key={article.id} article={article.id} />
        </footer>
      )}
      {share && (
        <Menu
          label={t("article.share")}
          anchor={share}
          onClose={() => setShare(null)}
          items={[
            { label: t("link.copy"), icon: <Link size={20} strokeWidth={1.75} />, run: () => copy(address) },
            { label: t("documents.send"), icon: <Send size={20} strokeWidth={1.75} />, run: () => setSheet("send") },
          ]}
        />
      )}
      {sheet === "send" && <ShareDialog text={`${article.title}\n${address}`} onClose={() => setSheet(null)} />}
      {sheet === "delete" && <DeleteDialog article={article} onClose={() => setSheet(null)} />}
    </article>
  );
}

export async function copy(address: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(address);
    showToast(t("link.copied"));
  } catch {
    showToast(address);
  }
}

function DeleteDialog({ article, onClose }: { article: ArticleDetails; onClose(): void }) {
  const doing = useDoing();
  const remove = async (): Promise<void> => {
    if (!(await doing.run(() => deleteArticle(article.id)))) return;
    navigate(backTo(article.place), true);
    showToast(t("article.deleted"));
  };
  return (
    <Confirm title={t("article.deleteAsk")} text={t("article.deleteText")} action={t("article.delete")} onConfirm={remove} onClose={onClose}>
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}

function Bones() {
  return (
    <div class="article">
      <div class="bone article-bone-title" />
      <div class="bone article-bone-text" />
    </div>
  );
}
