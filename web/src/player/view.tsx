import { RotateCcw, Radio, VolumeX, WifiOff } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../app/announce";
import { singleKeys } from "../app/settings";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Controls } from "./controls";
import { playerKey } from "./keys";
import { Player } from "./player";
import "./player.css";

const HIDE_AFTER_MS = 4_000;

interface PlayerViewProps {
  url: string;
  /** Played as a broadcast that goes on; else as a recording. */
  live: boolean;
  title: string;
  /** What to offer when a broadcast is over. */
  after: ComponentChildren;
  onOver(): void;
}

/** A broadcast or a recording with everything one can do to it. */
export function PlayerView({ url, live, title, after, onOver }: PlayerViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    if (!video.current) return;
    const made = new Player(video.current, url, live);
    setPlayer(made);
    return () => made.destroy();
  }, [url, live]);
  const hidden = useHiding(box, player);
  const over = player?.phase.value.name === "ended";
  useEffect(() => {
    if (over) onOver();
  }, [over]);

  const toggleFull = useCallback((): void => {
    const element = video.current as (HTMLVideoElement & { webkitEnterFullscreen?(): void }) | null;
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (box.current?.requestFullscreen) void box.current.requestFullscreen().catch(() => {});
    else element?.webkitEnterFullscreen?.(); // an iPhone shows only the video itself
  }, []);
  usePlayerKeys(player, toggleFull);

  return (
    <div
      ref={box}
      class={hidden ? "player on-stage idle" : "player on-stage"}
      role="group"
      aria-label={t("player.label", { title })}
      data-testid="player"
      data-phase={player?.phase.value.name ?? "loading"}
    >
      <video
        ref={video}
        class="player-video"
        playsInline
        preload="auto"
        tabIndex={-1}
        aria-label={title}
        onClick={() => player?.toggle()}
        onDblClick={toggleFull}
      />
      {player && <Overlay player={player} live={live} after={after} />}
      {player && <Controls player={player} box={box} onFull={toggleFull} />}
    </div>
  );
}

/** What stands over the picture: why there is none, and what to do about it. A reader is told apart from it, once. */
function Overlay({ player, live, after }: { player: Player; live: boolean; after: ComponentChildren }) {
  const phase = player.phase.value;
  const failed = live ? t("watch.failed") : t("watch.failedRecording");
  useEffect(() => {
    if (phase.name === "waiting") announce(t("watch.waiting"));
    else if (phase.name === "broken") announce(t("watch.broken"));
    else if (phase.name === "failed") announce(failed);
    else if (phase.name === "ended") announce(t("watch.over"));
    else if (phase.name === "unsupported") announce(t("watch.unsupported"));
  }, [phase.name]);
  switch (phase.name) {
    case "loading":
      return <Ring />;
    case "waiting":
      return (
        <div class="player-card">
          <span class="ring big" aria-hidden="true" />
          <p class="player-card-title">{t("watch.waiting")}</p>
          <p>{t("watch.waitingHint")}</p>
        </div>
      );
    case "broken":
      return (
        <>
          {(player.buffering.value || player.position.value === 0) && <Ring />}
          <p class="player-chip">
            <WifiOff size={18} strokeWidth={1.75} aria-hidden="true" />
            {t("watch.broken")}
          </p>
        </>
      );
    case "failed":
      return (
        <div class="player-card">
          <WifiOff size={40} strokeWidth={1.5} aria-hidden="true" />
          <p class="player-card-title">{failed}</p>
          <p>{t("watch.failedHint")}</p>
          <Button kind="primary" onPress={() => player.retry()}>
            {t("common.retry")}
          </Button>
          <p class="player-code">{t("common.code", { code: phase.code })}</p>
        </div>
      );
    case "ended":
      return (
        <div class="player-card">
          <Radio size={40} strokeWidth={1.5} aria-hidden="true" />
          <p class="player-card-title">{t("watch.over")}</p>
          {after}
        </div>
      );
    case "unsupported":
      return (
        <div class="player-card">
          <p class="player-card-title">{t("watch.unsupported")}</p>
          <p>{t("over.unsupportedHint")}</p>
        </div>
      );
    case "ready":
      return <Ready player={player} />;
  }
}

function Ready({ player }: { player: Player }) {
  if (player.buffering.value) return <Ring />;
  if (player.soundBlocked.value && !player.paused.value) {
    return (
      <button type="button" class="player-sound" onClick={() => player.toggleMute()}>
        <VolumeX size={20} strokeWidth={1.75} aria-hidden="true" />
        {t("sound.on")}
      </button>
    );
  }
  if (!player.paused.value) return null;
  const over = player.duration.value > 0 && player.position.value >= player.duration.value - 0.2 && !player.live.value;
  return (
    <button type="button" class="player-big" aria-label={over ? t("player.again") : t("player.play")} onClick={() => player.toggle()}>
      {over ? (
        <RotateCcw size={36} strokeWidth={1.75} />
      ) : (
        <svg width="36" height="36" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M7 4.2v15.6a1 1 0 0 0 1.53.85l12.4-7.8a1 1 0 0 0 0-1.7L8.53 3.35A1 1 0 0 0 7 4.2z" fill="currentColor" />
        </svg>
      )}
    </button>
  );
}

function Ring() {
  return (
    <div class="player-ring">
      <span class="ring big" aria-hidden="true" />
      <span class="hidden-text">{t("watch.buffering")}</span>
    </div>
  );
}

/** Controls go 4 s after the last move; never while paused, focused or under the pointer, nor where motion is unwelcome. */
function useHiding(box: { readonly current: HTMLElement | null }, player: Player | null): boolean {
  const [hidden, setHidden] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || !player) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)");
    const hide = (): void => {
      const held =
        still.matches ||
        player.paused.peek() ||
        player.phase.peek().name !== "ready" ||
        element.querySelector(".player-bar:hover, .player-bar :focus-visible, [popover]:popover-open") !== null;
      if (held) timer = setTimeout(hide, 1_000);
      else setHidden(true);
    };
    const wake = (): void => {
      clearTimeout(timer);
      setHidden(false);
      timer = setTimeout(hide, HIDE_AFTER_MS);
    };
    wake();
    const events = ["pointermove", "pointerdown", "keydown", "focusin"] as const;
    for (const name of events) element.addEventListener(name, wake);
    const paused = player.paused.subscribe(wake);
    return () => {
      clearTimeout(timer);
      for (const name of events) element.removeEventListener(name, wake);
      paused();
    };
  }, [player]);
  return hidden;
}

/** Keys of the player, for the whole page it stands on. */
function usePlayerKeys(player: Player | null, onFull: () => void): void {
  useEffect(() => {
    if (!player) return;
    const down = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open], [popover]:popover-open")) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      // A slider takes arrows, and no letters.
      const slides = target instanceof HTMLInputElement && target.type === "range";
      if (slides ? event.code.startsWith("Arrow") : writes(target)) return;
      const key = playerKey(event);
      if (key === null || (!singleKeys.value && event.code.startsWith("Key"))) return;
      // Space presses what is focused; it only plays and pauses when nothing is.
      if (event.code === "Space" && target && /^(BUTTON|A)$/.test(target.tagName)) return;
      event.preventDefault();
      const steps = { back: -10, forward: 10, shortBack: -5, shortForward: 5 } as const;
      if (key === "toggle") player.toggle();
      else if (key === "mute") player.toggleMute();
      else if (key === "full") onFull();
      else if (key === "frameBack") player.frame(-1);
      else if (key === "frameForward") player.frame(1);
      else player.step(steps[key]);
    };
    window.addEventListener("keydown", down);
    return () => window.removeEventListener("keydown", down);
  }, [player, onFull]);
}

function writes(target: HTMLElement | null): boolean {
  return target !== null && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
