import { Radio } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../api/http";
import { endBroadcast, fetchOnAir, startBroadcast } from "../../api/platform";
import type { Audience, Broadcast } from "../../api/types";
import { announce } from "../../app/announce";
import { load, useResource } from "../../app/resource";
import { to } from "../../app/router";
import { duration, t } from "../../i18n";
import { CopyLink } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Field, Segments } from "../../ui/field";
import { HoldButton } from "../../ui/hold";
import { useNow } from "../../ui/states";

const EVERY_MS = 10_000;

export interface Air {
  /** What the lesson is on air with; null while it is not, or not known to be. */
  broadcast: Broadcast | null;
  reload(): Promise<void>;
}

/** Whether this lesson is on air. Everybody in it is told when that changes. */
export function useAir(lessonId: string): Air {
  const key = `lesson/${lessonId}/air`;
  const fetcher = (): Promise<{ broadcast: Broadcast | null }> => fetchOnAir(lessonId);
  const { data } = useResource(key, fetcher, EVERY_MS);
  const broadcast = data?.broadcast ?? null;
  const [said, setSaid] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    if (data === null) return;
    const now = broadcast?.id ?? null;
    if (now === said) return;
    if (now !== null) announce(t("air.on"));
    else if (said) announce(t("air.off"));
    setSaid(now);
  }, [data]);
  return { broadcast, reload: () => load(key, fetcher) };
}

/** In the lesson's head: on air, and for how long. Who leads opens the broadcast's sheet with it. */
export function AirPill({ broadcast, onOpen, phone }: { broadcast: Broadcast; onOpen?: (() => void) | undefined; phone: boolean }) {
  const now = useNow();
  const time = duration(now - Date.parse(broadcast.started_at));
  const words = (
    <>
      <span class="air-dot" aria-hidden="true" />
      {t(phone ? "watch.liveShort" : "watch.live")}
      {!phone && <span class="num">{time}</span>}
    </>
  );
  if (!onOpen) {
    return (
      <span class="air-pill" role="img" aria-label={t("air.on")}>
        {words}
      </span>
    );
  }
  return (
    <button type="button" class="air-pill" aria-haspopup="dialog" aria-label={t("air.pill", { time })} data-testid="air" onClick={onOpen}>
      {words}
    </button>
  );
}

/** Going on air; and once on air, the link and the end. */
export function AirSheet({ lessonId, title, air, onClose }: { lessonId: string; title: string; air: Air; onClose(): void }) {
  return (
    <Dialog title={air.broadcast ? t("air.isOn") : t("air.start")} onClose={onClose} testId="air-sheet">
      {air.broadcast ? <OnAir broadcast={air.broadcast} air={air} onClose={onClose} /> : <Start lessonId={lessonId} lesson={title} air={air} />}
    </Dialog>
  );
}

interface Trouble {
  words: string;
  code: string;
}

function Start({ lessonId, lesson, air }: { lessonId: string; lesson: string; air: Air }) {
  const [title, setTitle] = useState(lesson);
  const [audience, setAudience] = useState<Audience>("school");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const begin = async (): Promise<void> => {
    setTrouble(null);
    try {
      await startBroadcast(lessonId, title.trim(), audience);
    } catch (error) {
      const { code } = error instanceof ApiError ? error : { code: "offline" };
      // Somebody else who leads was quicker: it is on air, which is what was wanted.
      if (code !== "broadcast_running") return setTrouble({ words: t("air.failed"), code });
    }
    await air.reload();
  };
  return (
    <>
      <p>{t("air.what")}</p>
      <Field label={t("lesson.name")} name="title" value={title} onInput={setTitle} maxLength={120} autoComplete="off" />
      <div>
        <Segments<Audience>
          label={t("air.who")}
          name="audience"
          value={audience}
          options={[
            { value: "school", label: t("air.school") },
            { value: "public", label: t("air.public") },
          ]}
          onChange={(next) => setAudience(next)}
        />
        <p class="field-hint air-hint">{audience === "school" ? t("air.schoolHint") : t("air.publicHint")}</p>
      </div>
      <Refusal trouble={trouble} />
      <HoldButton icon={<Radio size={20} strokeWidth={1.75} />} testId="start-air" onHeld={begin}>
        {t("air.start")}
      </HoldButton>
    </>
  );
}

function OnAir({ broadcast, air, onClose }: { broadcast: Broadcast; air: Air; onClose(): void }) {
  const now = useNow();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const top = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that was held is gone: a keyboard goes on from the sheet's title.
    const dialog = top.current?.closest("dialog");
    if (dialog && !dialog.contains(document.activeElement)) dialog.querySelector<HTMLElement>("h2")?.focus();
  }, []);
  const end = async (): Promise<void> => {
    setTrouble(null);
    try {
      await endBroadcast(broadcast.id);
    } catch (error) {
      return setTrouble({ words: t("air.endFailed"), code: error instanceof ApiError ? error.code : "offline" });
    }
    await air.reload();
    onClose();
    // What opened the sheet is gone with the broadcast.
    setTimeout(() => document.activeElement === document.body && document.querySelector<HTMLElement>("h1")?.focus());
  };
  return (
    <>
      <p ref={top} class="air-now">
        <strong>{broadcast.title}</strong>
        <span class="num">{duration(now - Date.parse(broadcast.started_at))}</span>
      </p>
      <CopyLink
        label={broadcast.audience === "public" ? t("air.linkPublic") : t("air.linkSchool")}
        url={new URL(to.watch(broadcast.id), location.origin).href}
      />
      <p class="field-hint">{t("air.delay")}</p>
      <Refusal trouble={trouble} />
      <HoldButton kind="danger" testId="end-air" onHeld={end}>
        {t("air.end")}
      </HoldButton>
    </>
  );
}

function Refusal({ trouble }: { trouble: Trouble | null }) {
  return (
    <div role="alert">
      {trouble && (
        <p class="field-error">
          <span>
            {trouble.words} <span class="meta">{t("common.code", { code: trouble.code })}</span>
          </span>
        </p>
      )}
    </div>
  );
}
