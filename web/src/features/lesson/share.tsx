import { Maximize2, Minimize2, MonitorUp } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Lesson } from "../../media/lesson";
import { isWeak, type Room } from "../../media/room";
import type { TrackInfo } from "../../media/wire";
import { Button } from "../../ui/button";
import { trackIn } from "./stage";
import { Video } from "./video";

interface ScreenProps {
  lesson: Lesson;
  room: Room;
  track: TrackInfo;
  box: { width: number; height: number; x: number; y: number };
  onStop(): unknown;
}

/** S12: a shared screen, whole or in its own pixels. Whoever shares it sees words instead of a tunnel of pictures. */
export function ScreenView({ lesson, room, track, box, onStop }: ScreenProps) {
  const [actual, setActual] = useState(false);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const own = track.participant === room.self;
  const name = room.participants.get(track.participant)?.name ?? "";
  const media = own ? null : trackIn(lesson, room, track);
  const weak = !own && isWeak(room, track);
  const style = {
    width: `${box.width}px`,
    height: `${box.height}px`,
    transform: `translate(${box.x}px, ${box.y}px)`,
  };
  if (own) {
    return (
      <div class="screen own" style={style}>
        <MonitorUp size={40} strokeWidth={1.5} aria-hidden="true" />
        <p class="screen-title">{t("screen.own")}</p>
        <p class="screen-hint">{t("screen.ownHint")}</p>
        <Button kind="danger" onPress={onStop}>
          {t("screen.stop")}
        </Button>
      </div>
    );
  }
  return (
    <figure class="screen" style={style}>
      <figcaption class="screen-bar">
        <span>{t("screen.of", { name })}</span>
        {size.width > 0 && (
          <Button
            size="small"
            icon={actual ? <Minimize2 size={16} strokeWidth={2} /> : <Maximize2 size={16} strokeWidth={2} />}
            onPress={() => setActual(!actual)}
          >
            {t(actual ? "screen.fit" : "screen.actual")}
          </Button>
        )}
      </figcaption>
      <div
        class={actual ? "screen-picture actual" : "screen-picture"}
        tabIndex={actual ? 0 : -1}
        role={actual ? "region" : "group"}
        aria-label={t("screen.of", { name })}
      >
        <div class="screen-frame" style={actual ? { width: `${size.width}px`, height: `${size.height}px` } : {}}>
          <Video track={media} whole onSize={(width, height) => setSize({ width, height })} />
        </div>
        {size.width === 0 && <p class="screen-wait">{t(weak ? "screen.weak" : "screen.loading")}</p>}
        {size.width > 0 && weak && (
          <p class="screen-weak" role="status">
            {t("screen.weak")}
          </p>
        )}
      </div>
    </figure>
  );
}
