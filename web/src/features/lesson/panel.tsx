import { EllipsisVertical, Hand, MicOff, MicVocal, SkipForward, Video as CameraIcon, X } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { byName, duration, t } from "../../i18n";
import type { Given } from "../../media/floor";
import type { Lesson } from "../../media/lesson";
import { handPlace, type Room, trackOf } from "../../media/room";
import type { ParticipantInfo } from "../../media/wire";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Menu } from "../../ui/menu";
import { useNow } from "../../ui/states";
import type { Actions } from "./actions";
import { hostItems } from "./stage";

interface PanelProps {
  lesson: Lesson;
  room: Room;
  actions: Actions;
  sheet: boolean;
  onClose(): void;
  onLowerAll(): void;
}

/** S13: who has the floor, who waits for it and how long; below, everybody in the lesson. */
export function Panel({ lesson, room, actions, sheet, onClose, onLowerAll }: PanelProps) {
  const now = useNow();
  const host = room.role === "host";
  const people = [...room.participants.values()].sort(
    (a, b) => Number(b.role === "host") - Number(a.role === "host") || byName(a.name, b.name),
  );
  return (
    <aside class={sheet ? "panel sheet" : "panel"} data-region aria-label={t("lesson.panel")}>
      <div class="panel-scroll">
        {(host || room.hands.length > 0) && room.floorPolicy === "hand" && (
          <section aria-labelledby="panel-hands">
            <header class="panel-head">
              <h2 id="panel-hands">
                {t("hand.title")} {room.hands.length > 0 && <span class="panel-count num">{room.hands.length}</span>}
              </h2>
              {host && room.hands.length > 0 && (
                <Button kind="text" size="small" onPress={onLowerAll}>
                  {t("hand.lowerAll")}
                </Button>
              )}
              <CloseButton onClose={onClose} />
            </header>
            {host && <Floor lesson={lesson} room={room} actions={actions} now={now} />}
            <Hands room={room} actions={actions} now={now} host={host} />
          </section>
        )}
        <section aria-labelledby="panel-people">
          <header class="panel-head">
            <h2 id="panel-people">
              {t("people.title")} <span class="panel-count num">{people.length}</span>
            </h2>
            {host && people.length > 1 && (
              <Button kind="text" size="small" onPress={actions.muteAll}>
                {t("people.muteAll")}
              </Button>
            )}
            {!(host || room.hands.length > 0) && <CloseButton onClose={onClose} />}
          </header>
          <ul class="people">
            {people.map((one) => (
              <PersonRow key={one.id} room={room} one={one} actions={actions} />
            ))}
          </ul>
        </section>
      </div>
    </aside>
  );
}

function CloseButton({ onClose }: { onClose(): void }) {
  return (
    <Button kind="text" size="small" label={t("people.close")} icon={<X size={20} strokeWidth={1.75} />} onPress={onClose} />
  );
}

/** Whoever holds the floor, or was asked whether they would. */
function Floor({ lesson, room, actions, now }: { lesson: Lesson; room: Room; actions: Actions; now: number }) {
  const given = lesson.floor.given.value;
  const shown = given.filter((one) => room.participants.has(one.participant));
  if (shown.length === 0 && room.hands.length === 0) return null;
  return (
    <div class="floor">
      <ul class="floor-list">
        {shown.map((one) => {
          const who = room.participants.get(one.participant);
          if (!who) return null;
          return (
            <li key={who.id} class={`floor-row ${one.state}`}>
              <MicVocal size={20} strokeWidth={1.75} aria-hidden="true" />
              <span class="floor-who">
                <strong>{who.name}</strong>
                <span class="num">{stateWords(one, now)}</span>
              </span>
              {one.state !== "declined" && (
                <Button
                  size="small"
                  label={t("floor.takeFrom", { name: who.name })}
                  onPress={() => actions.takeFloor(who.id)}
                >
                  {t("floor.take")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {room.hands.length > 0 && shown.length > 0 && (
        <Button wide icon={<SkipForward size={20} strokeWidth={1.75} />} onPress={actions.next}>
          {t("floor.next")} <kbd aria-hidden="true">N</kbd>
        </Button>
      )}
    </div>
  );
}

function stateWords(given: Given, now: number): string {
  switch (given.state) {
    case "asked":
      return t("floor.asked");
    case "silent":
      return t("floor.silent");
    case "declined":
      return t("floor.declined");
    case "speaking":
      return t("floor.speaking", { time: duration(now - given.since) });
  }
}

function Hands({ room, actions, now, host }: { room: Room; actions: Actions; now: number; host: boolean }) {
  if (room.hands.length === 0) return <p class="panel-empty">{t("hand.none")}</p>;
  return (
    <ol class="hands">
      {room.hands.map((hand, index) => {
        const who = room.participants.get(hand.participant);
        if (!who) return null;
        return (
          <li key={who.id} class="hand-row">
            <span class="hand-place num" aria-hidden="true">
              {index + 1}
            </span>
            <span class="hand-who">
              <strong>{who.name}</strong>
              <span class="num">{t("hand.waits", { time: duration(now + room.clockOffset - hand.since * 1000) })}</span>
            </span>
            {host && (
              <>
                <Button
                  size="small"
                  kind={index === 0 ? "hand" : "quiet"}
                  label={t("floor.giveTo", { name: who.name })}
                  onPress={() => actions.giveFloor(who.id)}
                >
                  {t("floor.give")}
                </Button>
                <Button
                  size="small"
                  kind="text"
                  label={t("hand.lowerOne", { name: who.name })}
                  icon={<X size={18} strokeWidth={1.75} />}
                  onPress={() => actions.lowerHand(who.id)}
                />
              </>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function PersonRow({ room, one, actions }: { room: Room; one: ParticipantInfo; actions: Actions }) {
  const [menu, setMenu] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const self = one.id === room.self;
  const microphone = trackOf(room, one.id, "microphone");
  const camera = trackOf(room, one.id, "camera");
  const micOn = !!microphone?.on && microphone.allowed;
  const place = handPlace(room, one.id);
  const items = room.role === "host" && !self ? hostItems(room, one, actions) : [];
  return (
    <li class="person">
      <Avatar id={one.person} name={one.name} size={32} />
      <span class="person-name">
        {one.name}
        <span class="meta">{[self ? t("common.you") : "", one.role === "host" ? t("tile.host") : ""].filter(Boolean).join(", ")}</span>
      </span>
      {place > 0 && (
        <span class="person-hand num">
          <Hand size={16} strokeWidth={2} aria-hidden="true" />
          <span aria-hidden="true">{place}</span>
          <span class="hidden-text">{t("hand.isUp", { place })}</span>
        </span>
      )}
      {camera?.on && <CameraIcon class="person-icon" size={18} strokeWidth={1.75} aria-hidden="true" />}
      {micOn ? (
        <MicVocal class="person-icon" size={18} strokeWidth={1.75} aria-label={t("tile.mic")} />
      ) : (
        <MicOff class="person-icon dim" size={18} strokeWidth={1.75} aria-label={t("tile.micOff")} />
      )}
      {items.length > 0 && (
        <button
          ref={button}
          type="button"
          class="person-menu"
          aria-haspopup="menu"
          aria-expanded={menu}
          aria-label={t("people.menu", { name: one.name })}
          onClick={() => setMenu(!menu)}
        >
          <EllipsisVertical size={18} strokeWidth={1.75} />
        </button>
      )}
      {menu && button.current && (
        <Menu label={t("people.menu", { name: one.name })} items={items} anchor={button.current} onClose={() => setMenu(false)} />
      )}
    </li>
  );
}
