import { FileText, Images, Newspaper, Play, Plus, Upload } from "lucide-preact";
import { useState } from "preact/hooks";
import { fetchFeed, type FeedItem, makeAlbum, type Posts, type Shelf, type StoredFile } from "../../api/documents";
import { useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Area, Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Menu } from "../../ui/menu";
import { Loaded } from "../../ui/states";
import { FileIcon } from "../documents/icon";
import { textOf } from "../documents/place";
import { bytes } from "../documents/size";
import { shortWhen } from "../messages/words";
import { NotFound } from "../shell/not-found";
import "./articles.css";

const icon = { size: 20, strokeWidth: 1.75 };

/** What a school or a class has put up, the newest first. It has an end. */
export function Feed({ place }: { place: Shelf }) {
  const key = textOf(place);
  const feed = useResource(`feed/${key}`, () => fetchFeed(place, null), 60_000);
  return (
    <Loaded resource={feed} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {(data) => <Items key={key} first={data} place={place} />}
    </Loaded>
  );
}

function Items({ first, place }: { first: Posts<FeedItem>; place: Shelf }) {
  const [more, setMore] = useState<readonly FeedItem[]>([]);
  const [next, setNext] = useState(first.next);
  const all = [...first.items, ...more];
  const load = async (): Promise<void> => {
    const page = await fetchFeed(place, next);
    setMore([...more, ...page.items]);
    setNext(page.next);
  };
  return (
    <>
      {first.may_post && (
        <div class="feed-head">
          <Post place={place} />
        </div>
      )}
      {all.length === 0 ? (
        <div class="card empty">
          <p>{t(first.may_post ? "feed.emptyMine" : "feed.empty")}</p>
        </div>
      ) : (
        <ul class="feed" data-testid="feed">
          {all.map((item) => (
            <li key={`${item.kind} ${idOf(item)}`}>
              <Card item={item} place={place} />
            </li>
          ))}
        </ul>
      )}
      {next !== null ? (
        <Button onPress={load}>{t("common.more")}</Button>
      ) : (
        all.length > 0 && <p class="meta feed-end">{t("feed.end")}</p>
      )}
    </>
  );
}

const idOf = (item: FeedItem): string => (item.article ?? item.album ?? item.file)?.id ?? "";

function Card({ item, place }: { item: FeedItem; place: Shelf }) {
  const when = shortWhen(item.at);
  if (item.article) {
    const { article } = item;
    return (
      <a class="card feed-card" href={to.article(article.id)}>
        <Cover of={article.cover} Fallback={Newspaper} />
        <span class="feed-words">
          <span class="meta">{t("feed.article", { when })}</span>
          <span class="feed-title">{article.title}</span>
          <span class="meta">{t("feed.articleMeta", { name: article.author.name, minutes: t("article.minutes", { count: Math.max(1, article.minutes) }) })}</span>
        </span>
      </a>
    );
  }
  if (item.album) {
    const { album } = item;
    return (
      <a class="card feed-card" href={to.album(album.id)}>
        <Cover of={album.cover} Fallback={Images} />
        <span class="feed-words">
          <span class="meta">{t("feed.album", { when })}</span>
          <span class="feed-title">{album.title}</span>
          <span class="meta">{t("feed.albumMeta", { name: album.author.name, items: t("album.items", { count: album.items }) })}</span>
        </span>
      </a>
    );
  }
  const { file } = item;
  if (!file) return null;
  const address = `${to.documents(textOf(place), file.folder_id)}${place.kind === "own" ? "?" : "&"}${file.section === "videos" ? "section=videos&" : ""}file=${encodeURIComponent(file.id)}`;
  return (
    <a class="card feed-card" href={address}>
      {file.links.medium || file.links.poster ? <Cover of={file} Fallback={FileText} /> : <FileIcon name={file.name} mediaType={file.media_type} picture={null} />}
      <span class="feed-words">
        <span class="meta">{t(item.kind === "video" ? "feed.video" : "feed.file", { when })}</span>
        <span class="feed-title">{file.name}</span>
        <span class="meta num">{t("feed.fileMeta", { name: file.owner.name, size: bytes(file.size) })}</span>
      </span>
    </a>
  );
}

function Cover({ of, Fallback }: { of: StoredFile | null; Fallback: typeof Images }) {
  const source = of?.links.medium ?? of?.links.small ?? of?.links.poster ?? null;
  return (
    <span class="feed-cover" aria-hidden="true">
      {source ? <img src={source} alt="" loading="lazy" decoding="async" /> : <Fallback size={32} strokeWidth={1.5} />}
      {of?.kind === "video" && source && <Play class="feed-play" size={28} strokeWidth={1.75} />}
    </span>
  );
}

/** Something new for everybody of the place. */
function Post({ place }: { place: Shelf }) {
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const [making, setMaking] = useState(false);
  const article = `/articles/new?${place.kind}=${encodeURIComponent(place.id ?? "")}`;
  const documents = to.documents(textOf(place));
  return (
    <>
      <Button icon={<Plus {...icon} />} testId="post" onPress={(event) => setMenu(event.currentTarget)}>
        {t("feed.post")}
      </Button>
      {menu && (
        <Menu
          label={t("feed.post")}
          anchor={menu}
          onClose={() => setMenu(null)}
          items={[
            { label: t("article.one"), icon: <Newspaper {...icon} />, run: () => navigate(article) },
            { label: t("album.one"), icon: <Images {...icon} />, run: () => setMaking(true) },
            { label: t("article.video"), icon: <Play {...icon} />, run: () => navigate(`${documents}&section=videos`) },
            { label: t("article.file"), icon: <Upload {...icon} />, run: () => navigate(documents) },
          ]}
        />
      )}
      {making && <NewAlbum place={place} onClose={() => setMaking(false)} />}
    </>
  );
}

function NewAlbum({ place, onClose }: { place: Shelf; onClose(): void }) {
  const [title, setTitle] = useState("");
  const [about, setAbout] = useState("");
  const [missing, setMissing] = useState(false);
  const doing = useDoing();
  const keyOf = useRepeat();
  const make = async (): Promise<void> => {
    const body = { title: title.trim(), about: about.trim() };
    setMissing(body.title === "");
    if (body.title === "") return;
    await doing.run(async () => navigate(to.album((await makeAlbum(place, body.title, body.about, keyOf(body))).id)));
  };
  return (
    <Dialog title={t("album.new")} onClose={onClose}>
      <Form action={t("album.make")} trouble={doing.trouble} onSubmit={make} onClose={onClose}>
        <Field label={t("article.title")} name="title" value={title} maxLength={200} autoFocus error={missing ? t("article.titleMissing") : null} onInput={setTitle} />
        <Area label={t("album.about")} name="about" value={about} maxLength={2000} hint={t("album.aboutHint")} onInput={setAbout} />
      </Form>
    </Dialog>
  );
}
