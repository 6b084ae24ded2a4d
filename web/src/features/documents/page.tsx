import { FolderPlus, Plus, Trash2, Upload } from "lucide-preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { emptyTrash, fetchListing, type Folder, type Listing, type StoredFile } from "../../api/documents";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { goBack, navigate, query, to, withQuery } from "../../app/router";
import { me } from "../../app/session";
import { useTitle } from "../../app/title";
import { number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Menu } from "../../ui/menu";
import { Loaded } from "../../ui/states";
import { TabPanel, Tabs } from "../../ui/tabs";
import { Trouble } from "../../ui/trouble";
import { useSettled } from "../messages/contacts";
import { NotFound } from "../shell/not-found";
import { DropPlace } from "./drop";
import { putFile } from "./files";
import { placeOf, placesOf, textOf } from "./place";
import { FileRow, FolderRow } from "./rows";
import { NewFolderDialog } from "./sheets";
import { bytes } from "./size";
import { UploadRow } from "./upload-row";
import { sweepUploads, type Target, upload, uploads } from "./uploads";
import { Viewer } from "./viewer";
import "./documents.css";

const EVERY_MS = 30_000;

/** S7: files of one's own, of the school, of a class; folders, the trash, files on their way up. */
export function DocumentsPage({ folder }: { folder: string | null }) {
  const person = me.value;
  const asked = query.value;
  const shelf = placeOf(asked.get("place"));
  const place = textOf(shelf);
  useTitle(t("nav.documents"));
  const tabs = useMemo(() => {
    const { schools, classes } = person ? placesOf(person) : { schools: [], classes: [] };
    return [
      { id: "mine", label: t("documents.mine") },
      ...schools.map((one) => ({ id: `school:${one.id}`, label: schools.length > 1 ? one.name : t("nav.school") })),
      ...classes.map((one) => ({ id: `class:${one.id}`, label: one.name })),
    ];
  }, [person]);
  // A place that is not among one's own (an administrator's class) still has its address.
  const shown = tabs.some((tab) => tab.id === place) ? tabs : [...tabs, { id: place, label: t("documents.class") }];
  return (
    <>
      <h1 tabIndex={-1}>{t("nav.documents")}</h1>
      <Tabs label={t("nav.documents")} name="documents" value={place} onChange={(next) => navigate(to.documents(next), true)} tabs={shown} />
      <TabPanel name="documents" value={place}>
        <Place key={`${place} ${folder ?? ""} ${asked.get("trash") ?? ""} ${asked.get("section") ?? ""}`} place={place} folder={folder} />
      </TabPanel>
    </>
  );
}

function Place({ place, folder }: { place: string; folder: string | null }) {
  const shelf = placeOf(place);
  const asked = query.value;
  const trash = asked.get("trash") !== null;
  const section: Section = asked.get("section") === "videos" && shelf.kind !== "own" ? "videos" : "documents";
  const [wish, setWish] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const q = useSettled(wish.trim(), 300);
  const listing = useResource(
    `documents/${place}/${section}/${folder ?? ""}/${trash ? "trash" : ""}/${q}`,
    () => fetchListing(shelf, { section, folder_id: folder, q, trash, limit: 100 }),
    EVERY_MS,
  );
  const limit = listing.data?.storage?.max_file ?? null;
  const take = (chosen: readonly File[]): void => {
    const fitting = chosen.filter((file) => limit === null || file.size <= limit);
    setRefused(fitting.length < chosen.length && limit !== null ? t("files.tooBig", { limit: bytes(limit) }) : null);
    const target: Target =
      shelf.kind === "own" ? { to: "own", folder } : { to: shelf.kind, id: shelf.id ?? "", folder, section };
    for (const file of fitting) {
      void upload(file, target).made.then((made) => {
        if (made) void listing.reload();
      });
    }
  };
  const posts = listing.data?.may_post === true && !trash;
  return (
    <>
      <div class="documents-bar">
        <Field label={t("documents.search")} name="documents" type="search" value={wish} onInput={setWish} />
        {!trash && (posts || shelf.kind === "own") && (
          <Button kind="text" icon={<Trash2 size={20} strokeWidth={1.75} />} onPress={() => navigate(`${to.documents(place)}${place === "mine" ? "?" : "&"}trash=1`)}>
            {t("documents.trash")}
          </Button>
        )}
        {posts && <Add onFiles={take} place={place} folder={folder} folders={section === "documents"} onChange={listing.reload} videos={section === "videos"} />}
      </div>
      <div role="alert" class="trouble">
        {refused && <p class="field-error">{refused}</p>}
      </div>
      <Loaded resource={listing} skeleton={<Bones />} notFound={<NotFound />}>
        {(data) => <Content data={data} place={place} folder={folder} q={q} trash={trash} section={section} onFiles={take} onChange={listing.reload} />}
      </Loaded>
    </>
  );
}

type Section = "documents" | "videos";

interface ContentProps {
  data: Listing;
  place: string;
  folder: string | null;
  q: string;
  trash: boolean;
  section: Section;
  onFiles(files: readonly File[]): void;
  onChange(): void;
}

function Content({ data, place, folder, q, trash, section, onFiles, onChange }: ContentProps) {
  const shelf = placeOf(place);
  const [more, setMore] = useState<readonly StoredFile[]>([]);
  const [next, setNext] = useState(data.next);
  const files = [...data.files, ...more.filter((one) => !data.files.some((other) => other.id === one.id))];
  const open = query.value.get("file");
  const posts = data.may_post && !trash;
  const loadMore = async (): Promise<void> => {
    const page = await fetchListing(shelf, { section, folder_id: folder, q, trash, limit: 100, cursor: next });
    page.files.forEach(putFile);
    setMore([...more, ...page.files]);
    setNext(page.next);
  };
  const nothing = data.folders.length === 0 && files.length === 0;
  const shown = (
    <>
      <Going place={shelf.id} kind={shelf.kind} />
      {nothing ? (
        <Nothing q={q} trash={trash} posts={posts} onFiles={onFiles} />
      ) : (
        <ul class="card file-rows" data-testid="files">
          {data.folders.map((one: Folder) => (
            <FolderRow key={one.id} folder={one} place={place} trash={trash} onChange={onChange} />
          ))}
          {files.map((one) => (
            <FileRow key={one.id} file={one} place={place} trash={trash} onChange={onChange} />
          ))}
        </ul>
      )}
      {next !== null && (
        <Button busy={false} onPress={loadMore}>
          {t("common.more")}
        </Button>
      )}
    </>
  );
  return (
    <>
      <div class="documents-head">
        <Path data={data} place={place} trash={trash} />
        {trash && !nothing && <EmptyTrash place={place} onDone={onChange} />}
      </div>
      {data.storage && <Room storage={data.storage} posts={posts} />}
      {shelf.kind === "own" || trash ? (
        shown
      ) : (
        <>
          <Tabs
            label={t("documents.section")}
            name="section"
            small
            value={section}
            onChange={(to) => navigate(withQuery("section", to === "videos" ? to : null), true)}
            tabs={[
              { id: "documents", label: t("documents.files") },
              { id: "videos", label: t("documents.videos") },
            ]}
          />
          <TabPanel name="section" value={section}>
            {shown}
          </TabPanel>
        </>
      )}
      {posts && <DropPlace onFiles={onFiles} />}
      {open !== null && (
        <Viewer
          ids={files.some((one) => one.id === open) ? files.map((one) => one.id) : [open]}
          known={files}
          start={open}
          onMove={(id) => navigate(withQuery("file", id), true)}
          onClose={() => goBack(withQuery("file", null))}
        />
      )}
    </>
  );
}

function Path({ data, place, trash }: { data: Listing; place: string; trash: boolean }) {
  if (trash) {
    return (
      <nav class="path" aria-label={t("documents.path")}>
        <a href={to.documents(place)}>{t("documents.back")}</a>
        <span aria-hidden="true">›</span>
        <span aria-current="page">{t("documents.trash")}</span>
      </nav>
    );
  }
  if (data.path.length === 0) return null;
  return (
    <nav class="path" aria-label={t("documents.path")}>
      <a href={to.documents(place)}>{data.place.kind === "own" ? t("documents.mine") : data.place.name}</a>
      {data.path.map((one, index) => (
        <>
          <span aria-hidden="true">›</span>
          {index === data.path.length - 1 ? <span aria-current="page">{one.name}</span> : <a href={to.documents(place, one.id)}>{one.name}</a>}
        </>
      ))}
    </nav>
  );
}

interface AddProps {
  place: string;
  folder: string | null;
  folders: boolean;
  videos: boolean;
  onFiles(files: readonly File[]): void;
  onChange(): void;
}

function Add({ place, folder, folders, videos, onFiles, onChange }: AddProps) {
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const [making, setMaking] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        kind="primary"
        icon={<Plus size={20} strokeWidth={1.75} />}
        testId="add"
        onPress={(event) => (folders ? setMenu(event.currentTarget) : input.current?.click())}
      >
        {t("documents.add")}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={videos ? "video/*" : undefined}
        data-testid="file"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {menu && (
        <Menu
          label={t("documents.add")}
          anchor={menu}
          onClose={() => setMenu(null)}
          items={[
            { label: t("documents.upload"), icon: <Upload size={20} strokeWidth={1.75} />, run: () => input.current?.click() },
            { label: t("documents.newFolder"), icon: <FolderPlus size={20} strokeWidth={1.75} />, run: () => setMaking(true) },
          ]}
        />
      )}
      {making && <NewFolderDialog place={placeOf(place)} parent={folder} onDone={onChange} onClose={() => setMaking(false)} />}
    </>
  );
}

const NEARLY = 0.8;
const FULL_PERCENT = 95;

/** How large a file may be, and how much room is left once that matters. */
function Room({ storage, posts }: { storage: NonNullable<Listing["storage"]>; posts: boolean }) {
  const { used, quota, trash, max_file } = storage;
  const scarce = quota > 0 && used / quota >= NEARLY;
  const percent = Math.min(100, Math.round((used / quota) * 100));
  if (!scarce && !posts) return null;
  return (
    <div class="room">
      <p class="meta">
        {posts && t("documents.limit", { limit: bytes(max_file) })}{" "}
        {scarce && t("documents.quota", { used: bytes(used), quota: bytes(quota) })}{" "}
        {scarce && trash > 0 && t("documents.quotaTrash", { size: bytes(trash) })}
      </p>
      {scarce && (
        <span class={percent >= FULL_PERCENT ? "progress full" : "progress"} role="meter" aria-label={t("documents.quotaLabel")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={number(percent)} data-testid="quota">
          <span style={{ width: `${percent}%` }} />
        </span>
      )}
    </div>
  );
}

/** Files on their way to this place. */
function Going({ place, kind }: { place: string | null; kind: string }) {
  const here = uploads.value.filter(({ target }) => target.to === kind && (target.to === "own" || ("id" in target && target.id === place)));
  if (here.length === 0) return null;
  return (
    <section class="card" aria-label={t("files.onTheWay")}>
      <ul class="upload-rows">
        {here.map((one) => (
          <UploadRow key={one.key} upload={one} />
        ))}
      </ul>
      {here.every((one) => one.state === "done") && (
        <div class="upload-foot">
          <Button kind="text" size="small" onPress={sweepUploads}>
            {t("files.sweep")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Nothing({ q, trash, posts, onFiles }: { q: string; trash: boolean; posts: boolean; onFiles(files: readonly File[]): void }) {
  const input = useRef<HTMLInputElement>(null);
  if (q) return <p class="card empty">{t("documents.nothingFound")}</p>;
  if (trash) return <p class="card empty">{t("documents.trashEmpty")}</p>;
  if (!posts) return <p class="card empty">{t("documents.none")}</p>;
  return (
    <div class="drop-area">
      <Upload size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>{t("documents.dropArea")}</p>
      <Button onPress={() => input.current?.click()}>{t("documents.choose")}</Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

function EmptyTrash({ place, onDone }: { place: string; onDone(): void }) {
  const [asking, setAsking] = useState(false);
  const doing = useDoing();
  const go = async (): Promise<void> => {
    if (!(await doing.run(() => emptyTrash(placeOf(place))))) return;
    setAsking(false);
    onDone();
  };
  return (
    <>
      <Button kind="text" onPress={() => setAsking(true)}>
        {t("documents.emptyTrash")}
      </Button>
      {asking && (
        <Confirm title={t("documents.emptyTrashAsk")} text={t("documents.emptyTrashText")} action={t("documents.emptyTrash")} onConfirm={go} onClose={() => setAsking(false)}>
          <Trouble problem={doing.trouble} />
        </Confirm>
      )}
    </>
  );
}

function Bones() {
  return (
    <div class="home-bones">
      <div class="bone" />
      <div class="bone" />
      <div class="bone" />
    </div>
  );
}

