import { Ellipsis, LogIn, Pencil, Radio, Trash2 } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { deleteBroadcast, endBroadcast, fetchBroadcast, renameBroadcast } from "../../api/platform";
import type { Broadcast } from "../../api/types";
import { useResource } from "../../app/resource";
import { navigate, path, to } from "../../app/router";
import { me } from "../../app/session";
import { useTitle } from "../../app/title";
import { showToast } from "../../app/toast";
import { duration, moment, t } from "../../i18n";
import { PlayerView } from "../../player/view";
import { Button } from "../../ui/button";
import { CopyLink } from "../../ui/copy";
import { Confirm, Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { HoldButton } from "../../ui/hold";
import { Menu, type MenuItem } from "../../ui/menu";
import { Loaded, useNow } from "../../ui/states";
import { LiveBadge } from "../broadcasts/badge";
import { NotFound } from "../shell/not-found";
import "./watch.css";

const EVERY_MS = 10_000;

/** S16: a broadcast while it goes on, and its recording afterwards. */
export function WatchPage({ id }: { id: string }) {
  const resource = useResource(`broadcast/${id}`, () => fetchBroadcast(id), EVERY_MS);
  useTitle(resource.data?.title ?? t("watch.title"));
  return (
    <Loaded resource={resource} skeleton={<WatchBones />} notFound={me.value ? <NotFound /> : <MaySignIn />}>
      {(broadcast) => <Watch key={broadcast.id} broadcast={broadcast} reload={resource.reload} />}
    </Loaded>
  );
}

function Watch({ broadcast, reload }: { broadcast: Broadcast; reload(): void }) {
  // Whoever watches live goes on to the very end, also when the platform says already that it is over.
  const [live, setLive] = useState(broadcast.state === "live");
  const watch = (
    <Button
      kind="primary"
      onPress={() => {
        setLive(false);
        reload();
      }}
    >
      {t("watch.recording")}
    </Button>
  );
  return (
    <div class="watch">
      <PlayerView
        key={live ? "live" : "recording"}
        url={broadcast.playlist_url}
        live={live}
        title={broadcast.title}
        after={watch}
        onOver={reload}
      />
      <div class="watch-head">
        <div class="watch-words">
          <h1 tabIndex={-1}>{broadcast.title}</h1>
          <Facts broadcast={broadcast} />
        </div>
        <Actions broadcast={broadcast} reload={reload} />
      </div>
      {me.value && <CopyLink label={linkLabel(broadcast)} url={new URL(to.watch(broadcast.id), location.origin).href} />}
    </div>
  );
}

export function linkLabel(broadcast: Broadcast): string {
  return broadcast.audience === "public" ? t("air.linkPublic") : t("air.linkSchool");
}

function Facts({ broadcast }: { broadcast: Broadcast }) {
  const now = useNow();
  const begun = Date.parse(broadcast.started_at);
  const facts = [
    broadcast.state === "live"
      ? duration(now - begun)
      : t("watch.was", {
          when: moment(new Date(begun)),
          time: duration(Date.parse(broadcast.ended_at ?? broadcast.started_at) - begun),
        }),
    broadcast.school.name,
  ];
  if (broadcast.class) facts.push(broadcast.class.name);
  if (broadcast.started_by) facts.push(t("home.led", { name: broadcast.started_by.name }));
  return (
    <p class="watch-facts">
      {broadcast.state === "live" && <LiveBadge />}
      <span class="num">{facts.join("\u00a0· ")}</span>
    </p>
  );
}

type Asking = "rename" | "delete" | "end" | null;

/** What those who lead may do with it. */
function Actions({ broadcast, reload }: { broadcast: Broadcast; reload(): void }) {
  const [menu, setMenu] = useState(false);
  const [asking, setAsking] = useState<Asking>(null);
  const button = useRef<HTMLButtonElement>(null);
  if (!broadcast.may_lead) return null;
  const items: MenuItem[] = [
    { label: t("watch.rename"), icon: <Pencil size={20} strokeWidth={1.75} />, run: () => setAsking("rename") },
    {
      label: t("watch.delete"),
      icon: <Trash2 size={20} strokeWidth={1.75} />,
      dangerous: true,
      run: () => setAsking("delete"),
    },
  ];
  if (broadcast.state === "live") {
    items.unshift({ label: t("air.end"), icon: <Radio size={20} strokeWidth={1.75} />, run: () => setAsking("end") });
  }
  const close = (): void => setAsking(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="button icon-only watch-more"
        aria-haspopup="menu"
        aria-expanded={menu}
        aria-label={t("watch.actions")}
        onClick={() => setMenu(!menu)}
      >
        <Ellipsis size={20} strokeWidth={1.75} />
      </button>
      {menu && button.current && (
        <Menu label={t("watch.actions")} items={items} anchor={button.current} onClose={() => setMenu(false)} />
      )}
      {asking === "rename" && <Rename broadcast={broadcast} onClose={close} onDone={reload} />}
      {asking === "delete" && <Delete broadcast={broadcast} onClose={close} />}
      {asking === "end" && (
        <Dialog title={t("air.endAsk")} onClose={close}>
          <p>{t("air.endText")}</p>
          <HoldButton
            kind="danger"
            testId="end-air"
            onHeld={async () => {
              await endBroadcast(broadcast.id);
              reload();
              close();
            }}
          >
            {t("air.end")}
          </HoldButton>
        </Dialog>
      )}
    </>
  );
}

function Rename({ broadcast, onClose, onDone }: { broadcast: Broadcast; onClose(): void; onDone(): void }) {
  const [title, setTitle] = useState(broadcast.title);
  const [error, setError] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    if (!title.trim()) return setError(t("watch.titleMissing"));
    try {
      await renameBroadcast(broadcast.id, title.trim());
      onDone();
      onClose();
    } catch {
      setError(t("action.failed"));
    }
  };
  return (
    <Dialog title={t("watch.rename")} onClose={onClose}>
      <form
        class="watch-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t("lesson.name")} name="title" value={title} onInput={setTitle} error={error} maxLength={120} autoFocus />
        <div class="dialog-actions">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" onPress={save}>
            {t("watch.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Delete({ broadcast, onClose }: { broadcast: Broadcast; onClose(): void }) {
  const [failed, setFailed] = useState(false);
  return (
    <Confirm
      title={t("watch.deleteAsk")}
      text={broadcast.state === "live" ? t("watch.deleteLiveText") : t("watch.deleteText")}
      action={t("watch.deleteDo")}
      onClose={onClose}
      onConfirm={async () => {
        setFailed(false);
        try {
          await deleteBroadcast(broadcast.id);
        } catch {
          return setFailed(true);
        }
        showToast(t("watch.deleted"));
        navigate(to.broadcasts, true);
      }}
    >
      {failed && (
        <p class="field-error" role="alert">
          {t("action.failed")}
        </p>
      )}
    </Confirm>
  );
}

/** Without signing in only public broadcasts are here; the same words stand for what is not and for what is not public. */
function MaySignIn() {
  useTitle(t("notFound.title"));
  useEffect(() => document.querySelector<HTMLElement>("h1")?.focus(), []);
  return (
    <>
      <h1 tabIndex={-1}>{t("notFound.title")}</h1>
      <div class="card empty">
        <p>{t("watch.maySignIn")}</p>
        <Button kind="primary" icon={<LogIn size={20} strokeWidth={1.75} />} onPress={() => navigate(to.signIn(path.value))}>
          {t("signin.do")}
        </Button>
      </div>
    </>
  );
}

function WatchBones() {
  return (
    <div class="watch">
      <div class="bone watch-bone" />
      <div class="bone watch-title-bone" />
    </div>
  );
}
