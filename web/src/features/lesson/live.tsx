import { AudioLines, EyeOff, Eye, Grid2x2, Keyboard, LayoutPanelLeft, Maximize, Radio, Settings2, Users, VolumeX, WifiOff } from "lucide-preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { announceNow } from "../../app/announce";
import { goBack, navigate, query, withQuery } from "../../app/router";
import { duration, t } from "../../i18n";
import type { Lesson, Phase } from "../../media/lesson";
import type { Room } from "../../media/room";
import type { ParticipantInfo } from "../../media/wire";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { Menu, type MenuItem } from "../../ui/menu";
import { Banner, useElapsed, useNow } from "../../ui/states";
import { actionsOf } from "./actions";
import { type Air, AirPill, AirSheet, useAir } from "./air";
import { Bar } from "./bar";
import { KeyList } from "./key-list";
import type { KeyAction } from "./key-map";
import { useKeys } from "./keys";
import { Devices } from "./lobby";
import { useNarrator } from "./narrator";
import { Panel } from "./panel";
import { DeviceTrouble } from "./problems";
import { FloorQuestion } from "./question";
import { isPhone, viewport, WIDE } from "./screen";
import { Stage } from "./stage";
import { View } from "./view";

const MOST = 50;

interface LiveProps {
  lesson: Lesson;
  room: Room;
  phase: Extract<Phase, { name: "live" | "reconnecting" }>;
  title: string;
}

type Asking = { what: "end" | "lowerAll" | "devices" | "air" } | { what: "remove"; who: ParticipantInfo } | null;

/** S11 to S14: the lesson itself. */
export function Live({ lesson, room, phase, title }: LiveProps) {
  const host = room.role === "host";
  const phone = isPhone();
  const wide = viewport.value.width >= WIDE;
  const view = useMemo(() => {
    const made = new View();
    made.pageSize.value = host ? 16 : 9;
    made.panel.value = host && wide;
    made.mode.value = phone && !host ? "stage" : "grid";
    return made;
  }, [lesson]);
  const [question, setQuestion] = useState<Asking>(null);
  const actions = useMemo(
    () => actionsOf(lesson, view, (who) => setQuestion({ what: "remove", who })),
    [lesson, view],
  );
  const air = useAir(lesson.id);
  useNarrator(lesson);
  useWakeLock();
  useWarnHost(host);

  // The panel stands beside the stage where there is room; else it is a sheet with an address, so that Back closes it.
  const panelOpen = wide ? view.panel.value : query.value.get("panel") === "people";
  const togglePanel = useCallback((): void => {
    if (window.innerWidth >= WIDE) view.panel.value = !view.panel.value;
    else if (query.value.get("panel")) goBack(withQuery("panel", null));
    else navigate(withQuery("panel", "people"));
  }, [view]);

  const keys = useCallback(
    (action: KeyAction, down: boolean): void => {
      const now = lesson.room.peek();
      if (!now) return;
      if (typeof action === "object") {
        const tiles = [...document.querySelectorAll<HTMLElement>(".tile:not(.self)")];
        const id = tiles[action.pin]?.dataset.participant;
        if (id) view.togglePin(id);
        return;
      }
      switch (action) {
        case "microphone":
          return void actions.toggleMicrophone();
        case "camera":
          return void actions.toggleCamera();
        case "hand":
          return void (now.role !== "host" && actions.toggleHand());
        case "next":
          return void (now.role === "host" && actions.next());
        case "lowerAll":
          return void (now.role === "host" && now.hands.length > 0 && setQuestion({ what: "lowerAll" }));
        case "view":
          view.mode.value = view.mode.value === "grid" ? "stage" : "grid";
          return;
        case "people":
          return togglePanel();
        case "full":
          return toggleFull();
        case "list":
          view.keysShown.value = true;
          return;
        case "pagePrevious":
          view.page.value = Math.max(0, view.page.value - 1);
          return;
        case "pageNext":
          view.page.value += 1;
          return;
        case "talk":
          if (lesson.maySpeak) void lesson.publisher.setMicrophone(down).catch(() => {});
      }
    },
    [lesson, view, actions, togglePanel],
  );
  useKeys(keys, true);

  const leave = (): void => void lesson.leave();
  const openAir = (): void => setQuestion({ what: "air" });
  const more = moreItems(view, phone, () => setQuestion({ what: "devices" }));
  if (host) {
    const label = air.broadcast ? t("air.open") : t("air.start");
    more.unshift({ label, icon: <Radio size={20} strokeWidth={1.75} />, run: openAir });
  }
  const mine = room.floor.includes(room.self) && !host;
  const classes = ["lesson", "on-stage"];
  if (phone) classes.push("phone");
  if (mine && lesson.publisher.own.microphone.value.on) classes.push("has-floor");
  if (panelOpen && wide) classes.push("with-panel");

  return (
    <main class={classes.join(" ")} id="content">
      <Head room={room} title={title} view={view} phone={phone} air={air} onAir={host ? openAir : undefined} />
      <div class="lesson-body">
        <div class="lesson-middle">
          <Notices lesson={lesson} phase={phase} view={view} />
          <Stage lesson={lesson} room={room} view={view} actions={actions} />
          <HandLine lesson={lesson} room={room} />
        </div>
        {panelOpen && (
          <Panel
            lesson={lesson}
            room={room}
            actions={actions}
            sheet={!wide}
            onClose={togglePanel}
            onLowerAll={() => setQuestion({ what: "lowerAll" })}
          />
        )}
      </div>
      <Bar
        lesson={lesson}
        room={room}
        actions={actions}
        more={more}
        phone={phone}
        panelOpen={panelOpen}
        onPanel={togglePanel}
        onLeave={leave}
        onEnd={() => setQuestion({ what: "end" })}
      />
      <FloorQuestion lesson={lesson} />
      {question?.what === "end" && <EndQuestion lesson={lesson} onLeave={leave} onClose={() => setQuestion(null)} />}
      {question?.what === "lowerAll" && (
        <Confirm
          title={t("hand.lowerAllAsk")}
          text={t("hands", { count: room.hands.length })}
          action={t("hand.lowerAll")}
          onClose={() => setQuestion(null)}
          onConfirm={async () => {
            await actions.lowerAll();
            setQuestion(null);
          }}
        />
      )}
      {question?.what === "remove" && (
        <Confirm
          title={t("people.removeAsk", { name: question.who.name })}
          text={t("people.removeText")}
          action={t("people.removeDo")}
          onClose={() => setQuestion(null)}
          onConfirm={async () => {
            await actions.remove(question.who.id);
            setQuestion(null);
          }}
        />
      )}
      {question?.what === "devices" && (
        <Dialog title={t("lesson.devices")} onClose={() => setQuestion(null)}>
          <Devices lesson={lesson} />
        </Dialog>
      )}
      {question?.what === "air" && (
        <AirSheet lessonId={lesson.id} title={title} air={air} onClose={() => setQuestion(null)} />
      )}
      {view.keysShown.value && <KeyList host={host} onClose={() => (view.keysShown.value = false)} />}
    </main>
  );
}

interface HeadProps {
  room: Room;
  title: string;
  view: View;
  phone: boolean;
  air: Air;
  onAir: (() => void) | undefined;
}

function Head({ room, title, view, phone, air, onAir }: HeadProps) {
  const now = useNow();
  const [menu, setMenu] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const count = room.participants.size;
  const time = duration(now + room.clockOffset - room.startedAt);
  const modes: MenuItem[] = [
    { label: t("view.grid"), icon: <Grid2x2 size={20} strokeWidth={1.75} />, run: () => (view.mode.value = "grid") },
    {
      label: t("view.stage"),
      icon: <LayoutPanelLeft size={20} strokeWidth={1.75} />,
      run: () => (view.mode.value = "stage"),
    },
    {
      label: t("view.voice"),
      icon: <AudioLines size={20} strokeWidth={1.75} />,
      run: () => (view.mode.value = "voice"),
    },
  ];
  const words = { grid: t("view.grid"), stage: t("view.stage"), voice: t("view.voice") }[view.mode.value];
  return (
    <header class="lesson-head">
      <h1 tabIndex={-1}>{title}</h1>
      {!(phone && air.broadcast) && (
        <span class="lesson-time num" aria-label={t("lesson.duration", { time })} role="timer" aria-live="off">
          {time}
        </span>
      )}
      <span class="lesson-count num" aria-label={t("lesson.presentLabel", { count })} role="img">
        <Users size={18} strokeWidth={1.75} aria-hidden="true" />
        {phone ? count : t("lesson.people", { present: count, all: MOST })}
      </span>
      <span class="bar-space" />
      {air.broadcast && <AirPill broadcast={air.broadcast} onOpen={onAir} phone={phone} />}
      <button
        ref={button}
        type="button"
        class="head-button"
        aria-haspopup="menu"
        aria-expanded={menu}
        aria-label={`${t("view.label")}: ${words}`}
        onClick={() => setMenu(!menu)}
      >
        <Grid2x2 size={20} strokeWidth={1.75} />
        {!phone && <span>{words}</span>}
      </button>
      {menu && button.current && (
        <Menu label={t("view.label")} items={modes} anchor={button.current} onClose={() => setMenu(false)} />
      )}
    </header>
  );
}

/** At most one line above the stage, the gravest. */
function Notices({ lesson, phase, view }: { lesson: Lesson; phase: LiveProps["phase"]; view: View }) {
  const since = phase.name === "reconnecting" ? phase.since : 0;
  const elapsed = useElapsed(since || Date.now(), [5_000, 15_000]);
  const { microphone, camera } = lesson.publisher.own;
  if (phase.name === "reconnecting") {
    return (
      <Banner
        icon={<WifiOff size={20} strokeWidth={1.75} />}
        {...(elapsed >= 5_000 ? { action: t("common.retry"), onAction: () => lesson.retryNow() } : {})}
      >
        {elapsed >= 15_000 ? t("call.reconnectLong") : t("call.reconnect")}
      </Banner>
    );
  }
  if (lesson.playback.blocked.value) {
    return (
      <Banner
        icon={<VolumeX size={20} strokeWidth={1.75} />}
        action={t("sound.on")}
        onAction={() => lesson.playback.unblock()}
      >
        {t("sound.blocked")}
      </Banner>
    );
  }
  if (view.trouble.value) {
    return (
      <Banner refusal action={t("common.close")} onAction={() => (view.trouble.value = null)}>
        {view.trouble.value}
      </Banner>
    );
  }
  if (microphone.value.problem) {
    return (
      <DeviceTrouble
        kind="microphone"
        problem={microphone.value.problem}
        onRetry={() => lesson.publisher.setMicrophone(lesson.maySpeak)}
        onDismiss={() => lesson.publisher.note("microphone", null)}
      />
    );
  }
  if (camera.value.problem) {
    return (
      <DeviceTrouble
        kind="camera"
        problem={camera.value.problem}
        onRetry={() => lesson.publisher.setCamera(true)}
        onDismiss={() => lesson.publisher.note("camera", null)}
      />
    );
  }
  return null;
}

/** A student's own line: place in the line of hands, the floor, and what became of it. */
function HandLine({ lesson, room }: { lesson: Lesson; room: Room }) {
  const { what, at } = lesson.floor.news.value;
  const now = useNow();
  if (room.role === "host") return null;
  const place = room.hands.findIndex((hand) => hand.participant === room.self) + 1;
  if (room.floor.includes(room.self)) return <p class="hand-line floor-line">{t("floor.yours")}</p>;
  if (place > 0) return <p class="hand-line up">{t("hand.place", { place })}</p>;
  if (what === "taken" && now - at < 8_000) return <p class="hand-line">{t("floor.taken")}</p>;
  if (what === "muted" && now - at < 8_000) return <p class="hand-line">{t("floor.muted")}</p>;
  return null;
}

function EndQuestion({ lesson, onLeave, onClose }: { lesson: Lesson; onLeave(): void; onClose(): void }) {
  const [failed, setFailed] = useState(false);
  return (
    <Confirm
      title={t("lesson.endAsk")}
      text={t("lesson.endAskText")}
      action={t("lesson.end")}
      onClose={onClose}
      onConfirm={async () => {
        setFailed(false);
        try {
          await lesson.end();
          announceNow(t("over.ended"));
        } catch {
          setFailed(true);
        }
      }}
    >
      {failed && (
        <p class="field-error" role="alert">
          {t("lesson.endFailed")}
        </p>
      )}
      <Button kind="text" onPress={onLeave}>
        {t("lesson.onlyLeave")}
      </Button>
    </Confirm>
  );
}

function moreItems(view: View, phone: boolean, onDevices: () => void): MenuItem[] {
  const items: MenuItem[] = [
    {
      label: view.selfHidden.value ? t("view.showSelf") : t("view.hideSelf"),
      icon: view.selfHidden.value ? <Eye size={20} strokeWidth={1.75} /> : <EyeOff size={20} strokeWidth={1.75} />,
      run: () => (view.selfHidden.value = !view.selfHidden.value),
    },
    { label: t("lesson.devices"), icon: <Settings2 size={20} strokeWidth={1.75} />, run: onDevices },
  ];
  if (document.fullscreenEnabled) {
    items.push({
      label: document.fullscreenElement ? t("screen.unfull") : t("screen.full"),
      icon: <Maximize size={20} strokeWidth={1.75} />,
      run: toggleFull,
    });
  }
  if (!phone) {
    items.push({
      label: t("keys.open"),
      icon: <Keyboard size={20} strokeWidth={1.75} />,
      run: () => (view.keysShown.value = true),
    });
  }
  return items;
}

function toggleFull(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen?.().catch(() => {});
}

/** The screen of a phone stays on while a lesson is looked at. */
function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let gone = false;
    const hold = (): void => {
      if (gone || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      navigator.wakeLock.request("screen").then(
        (got) => {
          if (gone) void got.release();
          else lock = got;
        },
        () => {},
      );
    };
    hold();
    document.addEventListener("visibilitychange", hold);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", hold);
      void lock?.release();
    };
  }, []);
}

/** Closing the page asks first, but only the one who leads the lesson. */
function useWarnHost(host: boolean): void {
  useEffect(() => {
    if (!host) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [host]);
}
