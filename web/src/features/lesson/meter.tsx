import { useEffect, useRef } from "preact/hooks";
import { LevelMeter } from "../../media/level";
import { t } from "../../i18n";

const EVERY_MS = 80;

/** How loud a captured microphone is, as a bar. */
export function Meter({ track }: { track: MediaStreamTrack | null }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!track) return;
    // A copy, because a silenced microphone measures nothing, and one wants to see that it works before speaking.
    const probe = track.clone();
    probe.enabled = true;
    const meter = new LevelMeter(probe);
    const timer = setInterval(() => {
      if (bar.current) bar.current.style.transform = `scaleX(${meter.read().toFixed(2)})`;
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      meter.close();
      probe.stop();
    };
  }, [track]);
  return (
    <div class="meter" role="img" aria-label={t("mic.level")}>
      <span ref={bar} style={{ transform: "scaleX(0)" }} />
    </div>
  );
}
