import { Gauge, Maximize, Minimize, Pause, PictureInPicture2, Play, Settings2, Volume1, Volume2, VolumeX } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { duration, number, t } from "../i18n";
import { Menu, type MenuItem } from "../ui/menu";
import type { Player } from "./player";

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

interface ControlsProps {
  player: Player;
  box: { readonly current: HTMLElement | null };
  onFull(): void;
}

/** The bar below the picture: play, volume, where one is, speed, quality, small window, whole screen. */
export function Controls({ player, box, onFull }: ControlsProps) {
  const live = player.live.value;
  const paused = player.paused.value;
  const full = useFull(box);
  const phase = player.phase.value.name;
  if (phase !== "ready" && phase !== "broken") return null;
  return (
    <div class="player-bar" role="group" aria-label={t("player.controls")}>
      {!live && player.duration.value > 0 && <Timeline player={player} />}
      <div class="player-row">
        <Control name={paused ? t("player.play") : t("player.pause")} onPress={() => player.toggle()} testId="play">
          {paused ? <Play size={22} strokeWidth={1.75} /> : <Pause size={22} strokeWidth={1.75} />}
        </Control>
        <Volume player={player} />
        {live ? <LiveMark player={player} /> : <Times player={player} />}
        <span class="player-space" />
        {!live && (
          <Choice
            name={t("player.speed")}
            words={`${number(player.rate.value)}×`}
            icon={<Gauge size={20} strokeWidth={1.75} />}
            items={RATES.map((rate) => ({
              label: rate === 1 ? t("player.speedNormal") : `${number(rate)}×`,
              run: () => player.setRate(rate),
            }))}
          />
        )}
        {player.heights.value.length > 0 && (
          <Choice
            name={t("player.quality")}
            words={player.height.value === null ? t("player.auto") : `${player.height.value}p`}
            icon={<Settings2 size={20} strokeWidth={1.75} />}
            items={[
              { label: t("player.auto"), run: () => player.setHeight(null) },
              ...player.heights.value.map((height) => ({ label: `${height}p`, run: () => player.setHeight(height) })),
            ]}
          />
        )}
        {document.pictureInPictureEnabled && (
          <Control name={t("player.small")} onPress={() => void toggleSmall(player.video)} wideOnly>
            <PictureInPicture2 size={20} strokeWidth={1.75} />
          </Control>
        )}
        <Control name={full ? t("screen.unfull") : t("screen.full")} onPress={onFull}>
          {full ? <Minimize size={20} strokeWidth={1.75} /> : <Maximize size={20} strokeWidth={1.75} />}
        </Control>
      </div>
    </div>
  );
}

interface ControlProps {
  name: string;
  children: ComponentChildren;
  wideOnly?: boolean;
  testId?: string;
  onPress(): void;
}

function Control({ name, children, wideOnly, testId, onPress }: ControlProps) {
  return (
    <button
      type="button"
      class={wideOnly ? "player-button wide-only" : "player-button"}
      aria-label={name}
      title={name}
      data-testid={testId}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

function Volume({ player }: { player: Player }) {
  const muted = player.muted.value;
  const volume = muted ? 0 : player.volume.value;
  const Icon = muted ? VolumeX : volume < 0.5 ? Volume1 : Volume2;
  return (
    <span class="player-volume">
      <Control name={muted ? t("sound.on") : t("player.mute")} onPress={() => player.toggleMute()}>
        <Icon size={22} strokeWidth={1.75} />
      </Control>
      <input
        type="range"
        class="player-range"
        min={0}
        max={1}
        step={0.05}
        value={volume}
        style={{ "--done": `${volume * 100}%` }}
        aria-label={t("player.volume")}
        aria-valuetext={`${Math.round(volume * 100)} %`}
        onInput={(event) => player.setVolume(Number(event.currentTarget.value))}
      />
    </span>
  );
}

/** Live, or how far behind and the way back. */
function LiveMark({ player }: { player: Player }) {
  if (player.phase.value.name !== "ready") return null;
  if (player.atLive.value) {
    return (
      <span class="live-badge" data-testid="live">
        <span class="live-badge-dot" aria-hidden="true" />
        {t("watch.live")}
      </span>
    );
  }
  const lag = duration(player.lag.value * 1000);
  return (
    <button
      type="button"
      class="to-live num"
      data-testid="to-live"
      aria-label={t("broadcast.live", { lag })}
      onClick={() => player.toLive()}
    >
      {t("watch.toLive")} <span>−{lag}</span>
    </button>
  );
}

function Times({ player }: { player: Player }) {
  return (
    <span class="player-times num" data-testid="times">
      {duration(player.position.value * 1000)} / {duration(player.duration.value * 1000)}
    </span>
  );
}

/** Where one is in a recording. */
function Timeline({ player }: { player: Player }) {
  const all = player.duration.value;
  const at = Math.min(player.position.value, all);
  return (
    <input
      type="range"
      class="player-range timeline"
      min={0}
      max={all}
      step="any"
      value={at}
      style={{ "--done": `${(at / all) * 100}%` }}
      aria-label={t("player.position")}
      aria-valuetext={t("player.at", { at: duration(at * 1000), all: duration(all * 1000) })}
      data-testid="timeline"
      onInput={(event) => player.seek(Number(event.currentTarget.value))}
      onKeyDown={(event) => {
        // A step of "any" moves by a hundredth of the whole: five seconds are what one means.
        const step = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5, PageDown: -60, PageUp: 60 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        player.step(step);
      }}
    />
  );
}

function Choice({ name, words, icon, items }: { name: string; words: string; icon: ComponentChildren; items: MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="player-button with-words"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={`${name}: ${words}`}
        title={name}
        onClick={() => setOpen(!open)}
      >
        {icon}
        <span class="num">{words}</span>
      </button>
      {open && button.current && <Menu label={name} items={items} anchor={button.current} onClose={() => setOpen(false)} />}
    </>
  );
}

async function toggleSmall(video: HTMLVideoElement): Promise<void> {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  } catch {
    // The browser may refuse before the picture is there.
  }
}

function useFull(box: { readonly current: HTMLElement | null }): boolean {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = (): void => setFull(document.fullscreenElement !== null && document.fullscreenElement === box.current);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  return full;
}
