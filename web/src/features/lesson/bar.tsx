import {
  Ellipsis,
  Hand,
  LogOut,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PhoneOff,
  Users,
  Video as CameraIcon,
  VideoOff,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { canShareScreen } from "../../media/capture";
import type { Lesson } from "../../media/lesson";
import { handPlace, maySpeak, type Room } from "../../media/room";
import { Menu, type MenuItem } from "../../ui/menu";
import type { Actions } from "./actions";

interface BarProps {
  lesson: Lesson;
  room: Room;
  actions: Actions;
  more: MenuItem[];
  phone: boolean;
  panelOpen: boolean;
  onPanel(): void;
  onLeave(): void;
  onEnd(): void;
}

/** What one can do in a lesson. It never hides; the microphone comes first, and a student's hand is the widest. */
export function Bar({ lesson, room, actions, more, phone, panelOpen, onPanel, onLeave, onEnd }: BarProps) {
  const own = lesson.publisher.own;
  const host = room.role === "host";
  const speaks = maySpeak(room, room.self);
  const micOn = own.microphone.value.on;
  const cameraOn = own.camera.value.on;
  const sharing = own.screen.value.on;
  const place = handPlace(room, room.self);
  const [menu, setMenu] = useState(false);
  const moreButton = useRef<HTMLButtonElement>(null);
  const hands = room.hands.length;
  const share = canShareScreen() && !phone && (host || speaks);
  const people = { label: t("people.open"), icon: <Users size={20} strokeWidth={1.75} />, run: onPanel };
  const items: MenuItem[] = host
    ? [...more, { label: t("lesson.onlyLeave"), icon: <LogOut size={20} strokeWidth={1.75} />, run: onLeave }]
    : phone
      ? [people, ...more]
      : more;

  return (
    <nav class={host ? "bar" : "bar student"} data-region aria-label={t("lesson.bar")}>
      <span class="bar-space" />
      <BarButton
        name={micOn ? t("mic.off") : t("mic.on")}
        words={t("mic.short")}
        icon={micOn ? <Mic size={22} strokeWidth={1.75} /> : <MicOff size={22} strokeWidth={1.75} />}
        look={micOn ? "on" : "off"}
        busy={own.microphone.value.busy}
        onPress={actions.toggleMicrophone}
      />
      <BarButton
        name={cameraOn ? t("cam.off") : t("cam.on")}
        words={t("cam.short")}
        icon={cameraOn ? <CameraIcon size={22} strokeWidth={1.75} /> : <VideoOff size={22} strokeWidth={1.75} />}
        look={cameraOn ? "on" : "off"}
        busy={own.camera.value.busy}
        onPress={actions.toggleCamera}
      />
      {!host && room.floorPolicy === "hand" && (
        <button
          type="button"
          class={place > 0 ? "hand-button up" : "hand-button"}
          data-testid="hand"
          aria-label={speaks ? t("floor.yield") : place > 0 ? t("hand.lower") : t("hand.raise")}
          onClick={() => void (speaks ? actions.yieldFloor() : actions.toggleHand())}
        >
          <Hand size={24} strokeWidth={1.75} aria-hidden="true" />
          <span>
            {speaks ? t("floor.yield") : place > 0 ? t("hand.placeShort", { place }) : t("hand.raise")}
          </span>
        </button>
      )}
      {share && (
        <BarButton
          name={sharing ? t("screen.stop") : t("screen.start")}
          words={t("screen.short")}
          icon={sharing ? <MonitorX size={22} strokeWidth={1.75} /> : <MonitorUp size={22} strokeWidth={1.75} />}
          look={sharing ? "live" : "plain"}
          busy={own.screen.value.busy && !sharing}
          onPress={sharing ? actions.stopScreen : actions.startScreen}
        />
      )}
      {(host || !phone) && (
        <BarButton
        name={host && hands > 0 ? `${t("people.open")}, ${t("hands", { count: hands })}` : t("people.open")}
        words={t("people.open")}
        icon={<Users size={22} strokeWidth={1.75} />}
        look="plain"
        expanded={panelOpen}
        badge={host && hands > 0 ? hands : undefined}
        onPress={onPanel}
        />
      )}
      <button
        ref={moreButton}
        type="button"
        class="bar-button plain"
        aria-haspopup="menu"
        aria-expanded={menu}
        aria-label={t("common.more")}
        onClick={() => setMenu(!menu)}
      >
        <span class="bar-icon">
          <Ellipsis size={22} strokeWidth={1.75} />
        </span>
        <span class="bar-words" aria-hidden="true">
          {t("common.more")}
        </span>
      </button>
      {menu && moreButton.current && (
        <Menu label={t("common.more")} items={items} anchor={moreButton.current} onClose={() => setMenu(false)} />
      )}
      <span class="bar-space" />
      {host ? (
        <button type="button" class="leave-button" data-testid="end" aria-label={t("lesson.end")} onClick={onEnd}>
          <PhoneOff size={20} strokeWidth={1.75} aria-hidden="true" />
          <span>{phone ? t("lesson.endShort") : t("lesson.end")}</span>
        </button>
      ) : (
        <button type="button" class="leave-button" data-testid="leave" aria-label={t("lesson.leaveLong")} onClick={onLeave}>
          <LogOut size={20} strokeWidth={1.75} aria-hidden="true" />
          <span>{t("lesson.leave")}</span>
        </button>
      )}
    </nav>
  );
}

interface BarButtonProps {
  name: string;
  words: string;
  icon: ComponentChildren;
  look: "on" | "off" | "live" | "plain";
  busy?: boolean;
  expanded?: boolean;
  badge?: number | undefined;
  onPress(): unknown;
}

/** A switch changes its name ("Turn on microphone"), never a pressed state beside it. */
function BarButton({ name, words, icon, look, busy, expanded, badge, onPress }: BarButtonProps) {
  return (
    <button
      type="button"
      class={`bar-button ${look}`}
      aria-label={name}
      aria-busy={busy ? "true" : undefined}
      aria-expanded={expanded}
      title={name}
      onClick={() => {
        if (!busy) void onPress();
      }}
    >
      <span class="bar-icon">
        {busy ? <span class="ring" /> : icon}
        {badge !== undefined && <span class="bar-badge num">{badge > 99 ? "99+" : badge}</span>}
      </span>
      <span class="bar-words" aria-hidden="true">
        {words}
      </span>
    </button>
  );
}
