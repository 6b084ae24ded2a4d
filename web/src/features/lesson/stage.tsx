import { ChevronLeft, ChevronRight, Hand, MicOff, Pin, PinOff, UserMinus } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { byName, t } from "../../i18n";
import type { Rank, Wanted } from "../../media/heights";
import type { Lesson } from "../../media/lesson";
import { handPlace, isWeak, maySpeak, type Room, screenTrack, trackOf } from "../../media/room";
import type { ParticipantInfo, TrackInfo } from "../../media/wire";
import type { MenuItem } from "../../ui/menu";
import type { Actions } from "./actions";
import { onPage, register } from "./order";
import { isPhone, useSize, viewport } from "./screen";
import { ScreenView } from "./share";
import { perPage, places, tile as tiling } from "./tiling";
import { Tile, type TileProps } from "./tile";
import type { View } from "./view";

interface StageProps {
  lesson: Lesson;
  room: Room;
  view: View;
  actions: Actions;
}

const SIDE = 196;
const SIDE_COUNT = 6;
const STRIP = { width: 112, height: 63 };
const GUEST_MS = 8_000;

/** One picture on the page, and where. */
interface Shown {
  who: ParticipantInfo;
  width: number;
  height: number;
  x: number;
  y: number;
}

export function Stage({ lesson, room, view, actions }: StageProps) {
  const [ref, box] = useSize();
  const phone = isPhone();
  const portrait = phone && viewport.value.height > viewport.value.width;
  const early = useEarly(room);
  const others = useMemo(
    () => register(room.participants.values(), room.self, early, byName),
    [room.participants, room.self, early],
  );
  const guests = useGuests(room, others);
  const screen = screenTrack(room);
  const pinned = view.pinned.value;
  const mode = view.mode.value;
  const voice = mode === "voice";
  const large = screen ? null : mode === "stage" || pinned !== null ? pickLarge(room, others, pinned) : null;
  // Two people on a phone: the other fills it, there is nothing to put beside.
  const pair = phone && others.length === 1 && screen === undefined;
  const staged = !voice && !pair && (screen !== undefined || large !== null);
  const self = room.participants.get(room.self);
  const selfShown = self && !view.selfHidden.value ? self : null;

  const common = {
    width: box.width,
    height: box.height,
    portrait,
    others,
    self: selfShown,
    guests,
    page: view.page.value,
  };
  const layout = staged
    ? stageLayout({ ...common, large, screen: screen !== undefined })
    : gridLayout({ ...common, phone, size: phone ? 6 : view.pageSize.value });

  // What is on the page, for the slots.
  const wanted: Wanted[] = [];
  if (screen && screen.participant !== room.self) {
    wanted.push({ track: screen.id, tileHeight: layout.main?.height ?? 0, rank: "pinned", screen: true });
  }
  if (!voice) {
    for (const { who, height } of layout.tiles) {
      const camera = who.id === room.self ? undefined : trackOf(room, who.id, "camera");
      if (camera?.on && camera.allowed) wanted.push({ track: camera.id, tileHeight: height, rank: rankOf(room, who, pinned) });
    }
  }
  const said = JSON.stringify(wanted);
  useEffect(() => lesson.show(wanted, phone), [said, phone, lesson]);
  useEffect(() => {
    if (view.page.value >= layout.pages) view.page.value = Math.max(0, layout.pages - 1);
  }, [layout.pages]);

  const tileOf = ({ who, width, height, x, y }: Shown) => {
    const own = who.id === room.self;
    return (
      <Tile
        key={who.id}
        {...facts(lesson, room, who, pinned)}
        {...(voice ? { cameraOn: false, weak: false } : {})}
        width={width}
        height={height}
        x={x}
        y={y}
        actions={own ? [] : menuFor(room, who, view, actions)}
        onPin={own ? undefined : () => view.togglePin(who.id)}
      />
    );
  };

  return (
    <section class={staged ? "stage staged" : "stage"} data-region aria-label={t("lesson.stage")}>
      <div class="stage-box" ref={ref}>
        {layout.main && screen && (
          <ScreenView lesson={lesson} room={room} track={screen} box={layout.main} onStop={actions.stopScreen} />
        )}
        {box.width > 0 && (
          <ul class="tiles" aria-label={t("lesson.tiles")}>
            {layout.tiles.map(tileOf)}
          </ul>
        )}
        {others.length === 0 && room.role === "host" && <p class="stage-note">{t("lesson.alone")}</p>}
      </div>
      {layout.pages > 1 && <Pages view={view} pages={layout.pages} />}
    </section>
  );
}

function Pages({ view, pages }: { view: View; pages: number }) {
  const page = Math.min(view.page.value, pages - 1);
  return (
    <div class="pages">
      <button type="button" aria-label={t("view.prev")} disabled={page === 0} onClick={() => (view.page.value = page - 1)}>
        <ChevronLeft size={22} strokeWidth={1.75} />
      </button>
      <span class="num" aria-live="off">
        {t("view.page", { page: page + 1, pages })}
      </span>
      <button
        type="button"
        aria-label={t("view.next")}
        disabled={page >= pages - 1}
        onClick={() => (view.page.value = page + 1)}
      >
        <ChevronRight size={22} strokeWidth={1.75} />
      </button>
    </div>
  );
}

/** What a tile says about somebody. */
function facts(
  lesson: Lesson,
  room: Room,
  who: ParticipantInfo,
  pinned: string | null,
): Omit<TileProps, "width" | "height" | "x" | "y" | "actions"> {
  const self = who.id === room.self;
  const own = lesson.publisher.own;
  const camera = trackOf(room, who.id, "camera");
  const microphone = trackOf(room, who.id, "microphone");
  const speaker = room.speakers.find((one) => one.participant === who.id);
  const cameraOn = self ? own.camera.value.on && own.camera.value.media !== null : !!camera?.on && camera.allowed;
  const micOn = self ? own.microphone.value.on && maySpeak(room, who.id) : !!microphone?.on && microphone.allowed;
  return {
    id: who.id,
    person: who.person,
    name: who.name,
    self,
    host: who.role === "host",
    track: self ? own.camera.value.media : trackIn(lesson, room, camera),
    cameraOn,
    weak: cameraOn && !self && isWeak(room, camera),
    micOn,
    speaking: micOn && speaker !== undefined && speaker.level < 90,
    hand: handPlace(room, who.id),
    floor: room.floor.includes(who.id),
    pinned: pinned === who.id,
  };
}

/** The media of a track, when a slot carries it. */
export function trackIn(lesson: Lesson, room: Room, track: TrackInfo | undefined): MediaStreamTrack | null {
  if (!track) return null;
  for (const [slot, media] of lesson.slotTracks.value) if (room.feeds.get(slot) === track.id) return media;
  return null;
}

function menuFor(room: Room, who: ParticipantInfo, view: View, actions: Actions): MenuItem[] {
  const pinned = view.pinned.value === who.id;
  const items: MenuItem[] = [
    {
      label: t(pinned ? "view.unpin" : "view.pin", { name: who.name }),
      icon: pinned ? <PinOff size={20} strokeWidth={1.75} /> : <Pin size={20} strokeWidth={1.75} />,
      run: () => view.togglePin(who.id),
    },
  ];
  return room.role === "host" ? [...items, ...hostItems(room, who, actions)] : items;
}

/** What a host may do with somebody. */
export function hostItems(room: Room, who: ParticipantInfo, actions: Actions): MenuItem[] {
  const items: MenuItem[] = [];
  if (who.role !== "host" && room.floorPolicy === "hand") {
    const holds = room.floor.includes(who.id);
    items.push({
      label: t(holds ? "floor.take" : "floor.give"),
      icon: <Hand size={20} strokeWidth={1.75} />,
      run: () => (holds ? actions.takeFloor(who.id) : actions.giveFloor(who.id)),
    });
  }
  if (trackOf(room, who.id, "microphone")?.on) {
    items.push({
      label: t("people.mute"),
      icon: <MicOff size={20} strokeWidth={1.75} />,
      run: () => actions.mute(who.id),
    });
  }
  items.push({
    label: t("people.remove"),
    icon: <UserMinus size={20} strokeWidth={1.75} />,
    dangerous: true,
    run: () => actions.askRemove(who),
  });
  return items;
}

function rankOf(room: Room, who: ParticipantInfo, pinned: string | null): Rank {
  if (who.id === pinned) return "pinned";
  if (room.floor.includes(who.id)) return "floor";
  if (who.role === "host") return "teacher";
  if (room.speakers.some((speaker) => speaker.participant === who.id)) return "spoke";
  return "rest";
}

/** Who stands large: the pinned one, else the last who got the floor, else the teacher, else the first. */
function pickLarge(room: Room, others: readonly ParticipantInfo[], pinned: string | null): ParticipantInfo | null {
  const find = (id: string | undefined | null): ParticipantInfo | undefined => others.find((one) => one.id === id);
  return find(pinned) ?? find(room.floor[room.floor.length - 1]) ?? others[0] ?? null;
}

interface Layout {
  main: { width: number; height: number; x: number; y: number } | null;
  tiles: Shown[];
  pages: number;
}

interface GridInput {
  width: number;
  height: number;
  phone: boolean;
  portrait: boolean;
  others: readonly ParticipantInfo[];
  self: ParticipantInfo | null;
  guests: readonly ParticipantInfo[];
  page: number;
  size: number;
}

/** All alike. With one other person our own tile is a small one in the corner; with more it stands last. */
function gridLayout({ width, height, phone, portrait, others, self, guests, page, size }: GridInput): Layout {
  if (width === 0 || height === 0) return { main: null, tiles: [], pages: 1 };
  if (others.length === 1 && self && others[0]) {
    const other = others[0];
    const whole = phone && portrait ? { width, height } : tiling(1, width, height);
    const corner = phone ? { width: 104, height: portrait ? 138 : 58 } : { width: 208, height: 117 };
    const x = (width - whole.width) / 2;
    const y = (height - whole.height) / 2;
    return {
      main: null,
      pages: 1,
      tiles: [
        { who: other, width: whole.width, height: whole.height, x, y },
        {
          who: self,
          ...corner,
          x: x + whole.width - corner.width - 12,
          y: y + whole.height - corner.height - 12,
        },
      ],
    };
  }
  const ratio = phone && portrait ? 4 / 3 : 16 / 9;
  // Our own tile stands among them, so that the rows come out even.
  const all = Math.min(size, others.length + (self ? 1 : 0));
  const most = Math.max(1, (phone ? all : perPage(all, width, height)) - (self ? 1 : 0));
  const pages = Math.max(1, Math.ceil(others.length / most));
  const shown = onPage(others, page, most, guests);
  if (self) shown.push(self);
  const form =
    phone && shown.length > 2
      ? phoneGrid(shown.length, width, height, portrait, ratio)
      : tiling(shown.length, width, height, ratio);
  const spots = places(shown.length, form, width, height);
  return {
    main: null,
    pages,
    tiles: shown.map((who, index) => ({ who, width: form.width, height: form.height, ...(spots[index] ?? { x: 0, y: 0 }) })),
  };
}

/** Two columns upright, three on the side. */
function phoneGrid(count: number, width: number, height: number, portrait: boolean, ratio: number) {
  const columns = portrait ? 2 : 3;
  const rows = Math.ceil(count / columns);
  const fit = Math.min((width - 8 * (columns - 1)) / columns, ((height - 8 * (rows - 1)) / rows) * ratio);
  return { columns, rows, width: fit, height: fit / ratio };
}

interface StageInput {
  width: number;
  height: number;
  portrait: boolean;
  /** Who stands large; null when a screen does. */
  large: ParticipantInfo | null;
  screen: boolean;
  others: readonly ParticipantInfo[];
  self: ParticipantInfo | null;
  guests: readonly ParticipantInfo[];
  page: number;
}

/** One large, the others in a column beside it, or on an upright phone in a strip below. */
function stageLayout({ width, height, portrait, large, screen, others, self, guests, page }: StageInput): Layout {
  if (width === 0 || height === 0) return { main: null, tiles: [], pages: 1 };
  const rest = others.filter((one) => one.id !== large?.id);
  const tiles: Shown[] = [];
  if (portrait) {
    const main = { width, height: Math.min((width * 9) / 16, height), x: 0, y: 0 };
    let y = main.height + 8;
    if (large) tiles.push({ who: large, ...main });
    const teacher = screen ? rest.find((one) => one.role === "host") : undefined;
    const strip = rest.filter((one) => one !== teacher);
    if (teacher && height - y > 200) {
      const tall = Math.min((width * 9) / 16, height - y - STRIP.height - 8);
      tiles.push({ who: teacher, width, height: tall, x: 0, y });
      y += tall + 8;
    } else if (teacher) strip.unshift(teacher);
    // Two broad columns where there is room for three rows of them, else a strip.
    const broad = (((width - 8) / 2) * 9) / 16 + 8;
    const columns = height - y + 8 >= broad * 3 ? 2 : Math.max(1, Math.floor((width + 8) / (STRIP.width + 8)));
    const line = columns === 2 ? broad : STRIP.height + 8;
    const lines = Math.max(1, Math.floor((height - y + 8) / line));
    const most = Math.max(1, Math.min(columns * lines, 6) - (self ? 1 : 0));
    const shown = onPage(strip, page, most, guests.filter((one) => one !== large));
    if (self) shown.push(self);
    const stripWidth = (width - 8 * (columns - 1)) / columns;
    const stripHeight = (stripWidth * 9) / 16;
    shown.forEach((who, index) => {
      const row = Math.floor(index / columns);
      const x = (index % columns) * (stripWidth + 8);
      tiles.push({ who, width: stripWidth, height: stripHeight, x, y: y + row * (stripHeight + 8) });
    });
    return { main: screen ? main : null, tiles, pages: Math.max(1, Math.ceil(strip.length / most)) };
  }
  const side = rest.length + (self ? 1 : 0) > 0 ? Math.min(SIDE, width * 0.26) : 0;
  const room = { width: width - (side ? side + 8 : 0), height };
  const tallest = (side * 9) / 16;
  const fit = Math.max(1, Math.min(SIDE_COUNT, Math.floor((height + 8) / (tallest + 8))));
  const most = Math.max(1, fit - (self ? 1 : 0));
  const shown = onPage(rest, page, most, guests.filter((one) => one !== large));
  if (self) shown.push(self);
  const form = screen ? room : tiling(1, room.width, room.height);
  const main = { width: form.width, height: form.height, x: (room.width - form.width) / 2, y: (height - form.height) / 2 };
  if (large) tiles.push({ who: large, ...main });
  const columnHeight = shown.length * tallest + (shown.length - 1) * 8;
  const top = Math.max(0, (height - columnHeight) / 2);
  shown.forEach((who, index) => {
    tiles.push({ who, width: side, height: tallest, x: width - side, y: top + index * (tallest + 8) });
  });
  return { main: screen ? main : null, tiles, pages: Math.max(1, Math.ceil(rest.length / most)) };
}

/** Whose camera was on when this page opened the lesson: decided once, so that nobody moves later. */
function useEarly(room: Room): ReadonlySet<string> {
  const decided = useRef<ReadonlySet<string> | null>(null);
  decided.current ??= new Set(
    [...room.tracks.values()].filter((track) => track.source === "camera" && track.on).map((track) => track.participant),
  );
  return decided.current;
}

/** Those with the floor, each for at least eight seconds. */
function useGuests(room: Room, others: readonly ParticipantInfo[]): ParticipantInfo[] {
  const until = useRef(new Map<string, number>());
  const [, again] = useState(0);
  const now = Date.now();
  for (const holder of room.floor) until.current.set(holder, now + GUEST_MS);
  const soonest = Math.min(...[...until.current].filter(([id]) => !room.floor.includes(id)).map(([, when]) => when), Infinity);
  useEffect(() => {
    if (soonest === Infinity) return;
    const timer = setTimeout(() => again((count) => count + 1), Math.max(0, soonest - Date.now()) + 20);
    return () => clearTimeout(timer);
  }, [soonest]);
  for (const [id, when] of [...until.current]) if (when <= now && !room.floor.includes(id)) until.current.delete(id);
  return others.filter((one) => until.current.has(one.id));
}
