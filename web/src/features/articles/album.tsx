import { ArrowLeft, ArrowRight, ImagePlus, Pencil, Play, Send, Text, Trash2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { type AlbumDetails, deleteAlbum, editAlbum, editFile, fetchAlbum, likeAlbum, type StoredFile, trashFile } from "../../api/documents";
import { asApiError, explain, useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { goBack, navigate, query, to, withQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { showToast } from "../../app/toast";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { Area, Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { RowMenu } from "../../ui/row-menu";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { DropPlace } from "../documents/drop";
import { useLimit } from "../documents/limit";
import { bytes } from "../documents/size";
import { UploadRow } from "../documents/upload-row";
import { upload, uploads } from "../documents/uploads";
import { Viewer } from "../documents/viewer";
import { NotFound } from "../shell/not-found";
import { Like } from "./like";
import { backTo } from "./page";
import { ShareDialog } from "./share";
import "./articles.css";

const icon = { size: 20, strokeWidth: 1.75 };

/** A photo and video report: pictures in their order, each with its words. */
export function AlbumPage({ id }: { id: string }) {
  const album = useResource(`album/${id}`, () => fetchAlbum(id), 60_000);
  useTitle(album.data?.title ?? t("album.one"));
  return (
    <Loaded resource={album} skeleton={<div class="bone article-bone-text" />} notFound={<NotFound />}>
      {(data) => <Content album={data} onChange={album.reload} />}
    </Loaded>
  );
}

function Content({ album, onChange }: { album: AlbumDetails; onChange(): void }) {
  const [sheet, setSheet] = useState<"edit" | "delete" | "send" | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const limit = useLimit();
  const open = query.value.get("file");
  const going = uploads.value.filter(({ target, state }) => target.to === "album" && target.id === album.id && state !== "done");
  const take = (files: readonly File[]): void => {
    const fitting = files.filter((file) => limit === null || file.size <= limit);
    setRefused(fitting.length < files.length && limit !== null ? t("files.tooBig", { limit: bytes(limit) }) : null);
    for (const file of fitting) void upload(file, { to: "album", id: album.id }).made.then((made) => made && onChange());
  };
  return (
    <div class="album" data-testid="album">
      <div class="article-top">
        <a class="button text" href={backTo(album.place)}>
          <ArrowLeft {...icon} aria-hidden="true" />
          {album.place.name}
        </a>
        <span class="grow" />
        {album.may_edit && (
          <>
            <Button kind="primary" icon={<ImagePlus {...icon} />} testId="add-pictures" onPress={() => input.current?.click()}>
              {t("album.add")}
            </Button>
            <input
              ref={input}
              type="file"
              multiple
              hidden
              accept="image/*,video/*"
              data-testid="album-file"
              onChange={(event) => {
                take([...(event.currentTarget.files ?? [])]);
                event.currentTarget.value = "";
              }}
            />
          </>
        )}
        <RowMenu
          label={t("album.menu")}
          items={[
            { label: t("documents.send"), icon: <Send {...icon} />, run: () => setSheet("send") },
            ...(album.may_edit
              ? [
                  { label: t("common.edit"), icon: <Pencil {...icon} />, run: () => setSheet("edit") },
                  { label: t("album.delete"), icon: <Trash2 {...icon} />, dangerous: true, run: () => setSheet("delete") },
                ]
              : []),
          ]}
        />
      </div>
      <header class="article-head">
        <h1 tabIndex={-1}>{album.title}</h1>
        <p class="meta">{t("album.by", { name: album.author.name, when: moment(new Date(album.created_at)), items: t("album.items", { count: album.files.length }) })}</p>
        {album.about && <p class="album-about">{album.about}</p>}
      </header>
      <div role="alert" class="trouble">
        {refused && <p class="field-error">{refused}</p>}
      </div>
      {going.length > 0 && (
        <ul class="card upload-rows" aria-label={t("files.onTheWay")}>
          {going.map((one) => (
            <UploadRow key={one.key} upload={one} />
          ))}
        </ul>
      )}
      {album.files.length === 0 && going.length === 0 ? (
        <p class="card empty">{t(album.may_edit ? "album.emptyMine" : "album.empty")}</p>
      ) : (
        <ul class="album-grid">
          {album.files.map((file, index) => (
            <Picture key={file.id} file={file} index={index} album={album} onChange={onChange} />
          ))}
        </ul>
      )}
      <footer class="article-foot">
        <Like key={`${album.likes} ${album.liked}`} likes={album.likes} liked={album.liked} change={(liked) => likeAlbum(album.id, liked)} />
      </footer>
      {album.may_edit && <DropPlace onFiles={take} />}
      {open !== null && (
        <Viewer
          ids={album.files.map((file) => file.id)}
          start={open}
          onMove={(next) => navigate(withQuery("file", next), true)}
          onClose={() => goBack(withQuery("file", null))}
        />
      )}
      {sheet === "edit" && <AlbumSheet album={album} onDone={onChange} onClose={() => setSheet(null)} />}
      {sheet === "send" && <ShareDialog text={`${album.title}\n${location.origin}${to.album(album.id)}`} onClose={() => setSheet(null)} />}
      {sheet === "delete" && <DeleteDialog album={album} onClose={() => setSheet(null)} />}
    </div>
  );
}

function Picture({ file, index, album, onChange }: { file: StoredFile; index: number; album: AlbumDetails; onChange(): void }) {
  const [captioning, setCaptioning] = useState(false);
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      onChange();
    } catch (error) {
      showToast(explain(asApiError(error)));
    }
  };
  const move = (step: -1 | 1): Promise<void> => {
    const order = album.files.map((one) => one.id);
    const [id] = order.splice(index, 1);
    if (id) order.splice(index + step, 0, id);
    return run(() => editAlbum(album.id, { order }));
  };
  const source = file.links.medium ?? file.links.small ?? file.links.poster ?? (file.kind === "picture" ? file.links.content : null);
  return (
    <li class="album-item">
      <a class="album-picture" href={withQuery("file", file.id)} aria-label={file.caption || file.name}>
        {source ? <img src={source} alt="" loading="lazy" decoding="async" onError={onChange} /> : <span class="bone" />}
        {file.kind === "video" && <Play strokeWidth={1.75} aria-hidden="true" />}
      </a>
      <div class="album-words">
        <p>{file.caption}</p>
        {album.may_edit && (
          <RowMenu
            label={t("documents.actions", { name: file.caption || file.name })}
            items={[
              { label: t("album.caption"), icon: <Text {...icon} />, run: () => setCaptioning(true) },
              ...(index > 0 ? [{ label: t("album.earlier"), icon: <ArrowLeft {...icon} />, run: () => move(-1) }] : []),
              ...(index < album.files.length - 1 ? [{ label: t("album.later"), icon: <ArrowRight {...icon} />, run: () => move(1) }] : []),
              { label: t("album.remove"), icon: <Trash2 {...icon} />, dangerous: true, run: () => run(() => trashFile(file.id)) },
            ]}
          />
        )}
      </div>
      {captioning && <CaptionSheet file={file} onDone={onChange} onClose={() => setCaptioning(false)} />}
    </li>
  );
}

function CaptionSheet({ file, onDone, onClose }: { file: StoredFile; onDone(): void; onClose(): void }) {
  const [caption, setCaption] = useState(file.caption);
  const doing = useDoing();
  const save = async (): Promise<void> => {
    if (!(await doing.run(() => editFile(file.id, { caption: caption.trim() })))) return;
    onDone();
    onClose();
  };
  return (
    <Dialog title={t("album.caption")} onClose={onClose}>
      <Form action={t("common.save")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <Field label={t("album.caption")} name="caption" value={caption} maxLength={500} autoFocus onInput={setCaption} />
      </Form>
    </Dialog>
  );
}

function AlbumSheet({ album, onDone, onClose }: { album: AlbumDetails; onDone(): void; onClose(): void }) {
  const [title, setTitle] = useState(album.title);
  const [about, setAbout] = useState(album.about);
  const doing = useDoing();
  const save = async (): Promise<void> => {
    if (!title.trim() || !(await doing.run(() => editAlbum(album.id, { title: title.trim(), about: about.trim() })))) return;
    onDone();
    onClose();
  };
  return (
    <Dialog title={t("common.edit")} onClose={onClose}>
      <Form action={t("common.save")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <Field label={t("article.title")} name="title" value={title} maxLength={200} autoFocus onInput={setTitle} />
        <Area label={t("album.about")} name="about" value={about} maxLength={2000} onInput={setAbout} />
      </Form>
    </Dialog>
  );
}

function DeleteDialog({ album, onClose }: { album: AlbumDetails; onClose(): void }) {
  const doing = useDoing();
  const remove = async (): Promise<void> => {
    if (!(await doing.run(() => deleteAlbum(album.id)))) return;
    navigate(backTo(album.place), true);
    showToast(t("album.deleted"));
  };
  return (
    <Confirm title={t("album.deleteAsk")} text={t("album.deleteText")} action={t("album.delete")} onConfirm={remove} onClose={onClose}>
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}
