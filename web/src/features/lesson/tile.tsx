import { EllipsisVertical, Hand, MicOff, Pin, SignalLow } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Menu, type MenuItem } from "../../ui/menu";
import { Video } from "./video";

export interface TileProps {
  id: string;
  /** The person's id, so that their colour is the same everywhere. */
  person: string;
  name: string;
  self?: boolean;
  host?: boolean;
  track: MediaStreamTrack | null;
  /** The camera is on and its picture is (or was just) there. */
  cameraOn: boolean;
  /** Our line is too thin for the picture at the moment. */
  weak: boolean;
  micOn: boolean;
  speaking: boolean;
  /** Place in the line of hands, 0 for none. */
  hand: number;
  floor: boolean;
  pinned: boolean;
  width: number;
  height: number;
  x: number;
  y: number;
  actions: MenuItem[];
  onPin?: (() => void) | undefined;
}

/** One person: face or initials, name, microphone, hand with its place, a ring while speaking. */
export function Tile(props: TileProps) {
  const { name, self, width, height } = props;
  const [menu, setMenu] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const small = height < 110;
  const names = ["tile"];
  if (props.speaking) names.push("speaking");
  if (props.hand > 0) names.push("with-hand");
  if (props.floor) names.push("with-floor");
  if (small) names.push("small");
  if (self) names.push("self");
  const shownName = self ? t("tile.you", { name }) : name;
  return (
    <li
      class={names.join(" ")}
      style={{ width: `${width}px`, height: `${height}px`, transform: `translate(${props.x}px, ${props.y}px)` }}
      data-testid="tile"
      data-participant={props.id}
      tabIndex={0}
      aria-label={describe(props, shownName)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) props.onPin?.();
      }}
      onDblClick={() => props.onPin?.()}
    >
      <Avatar id={props.person} name={name} size={height < 90 ? 32 : height < 180 ? 56 : 64} />
      {props.cameraOn && !(props.weak && props.track === null) && (
        <Video track={props.track} mirrored={self === true} />
      )}
      <span class="tile-name" aria-hidden="true">
        {!props.micOn && <MicOff size={15} strokeWidth={2} />}
        <span class="tile-words">{self ? (small ? t("common.you") : shownName) : name}</span>
        {props.pinned && <Pin size={14} strokeWidth={2} />}
      </span>
      {props.weak && (
        <span class="tile-weak" title={t("tile.weak")} aria-hidden="true">
          <SignalLow size={14} strokeWidth={2} />
          {!small && <span>{t("tile.weak")}</span>}
        </span>
      )}
      {props.hand > 0 && (
        <span class="tile-hand num" aria-hidden="true">
          <Hand size={16} strokeWidth={2} />
          {props.hand}
        </span>
      )}
      {props.actions.length > 0 && (
        <button
          ref={button}
          type="button"
          class={menu ? "tile-menu open" : "tile-menu"}
          aria-haspopup="menu"
          aria-expanded={menu}
          aria-label={t("tile.menu", { name })}
          onClick={() => setMenu(!menu)}
        >
          <EllipsisVertical size={18} strokeWidth={2} />
        </button>
      )}
      {menu && button.current && (
        <Menu
          label={t("tile.menu", { name })}
          items={props.actions}
          anchor={button.current}
          onClose={() => setMenu(false)}
        />
      )}
    </li>
  );
}

function describe(props: TileProps, shownName: string): string {
  const parts = [shownName];
  if (props.host) parts.push(t("tile.host"));
  parts.push(props.micOn ? t("tile.mic") : t("tile.micOff"));
  if (!props.cameraOn) parts.push(t("tile.camOff"));
  if (props.weak) parts.push(t("tile.weak"));
  if (props.floor) parts.push(t("floor.has"));
  if (props.hand > 0) parts.push(t("hand.isUp", { place: props.hand }));
  return parts.join(", ");
}
