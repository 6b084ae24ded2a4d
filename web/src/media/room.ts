/** The room as the page knows it: a value, and what each event makes of it. */

import type { EventMessage, FeedInfo, HandInfo, JoinedMessage, ParticipantInfo, Role, Source, SpeakerInfo, TrackInfo } from "./wire";

export interface Room {
  /** Our own participant id. */
  self: string;
  title: string;
  role: Role;
  floorPolicy: "hand" | "open";
  participants: ReadonlyMap<string, ParticipantInfo>;
  tracks: ReadonlyMap<string, TrackInfo>;
  hands: readonly HandInfo[];
  floor: readonly string[];
  speakers: readonly SpeakerInfo[];
  /** Slot id to the id of the track it carries now. */
  feeds: ReadonlyMap<string, string>;
  /** Slot id to the id of the track that our line is too thin for at the moment. */
  weak: ReadonlyMap<string, string>;
  /** Unix time in milliseconds by the server's clock. */
  startedAt: number;
  /** Server's clock minus ours, milliseconds. */
  clockOffset: number;
}

export function roomFromJoined(message: JoinedMessage, nowMs: number): Room {
  return {
    self: message.participant,
    title: message.title,
    role: message.role,
    floorPolicy: message.floor_policy,
    participants: new Map(message.participants.map((p) => [p.id, p])),
    tracks: new Map(message.tracks.map((t) => [t.id, t])),
    hands: message.hands,
    floor: message.floor,
    speakers: [],
    feeds: withFeeds(new Map(), message.feeds),
    weak: withWeak(new Map(), message.feeds),
    startedAt: message.started_at * 1000,
    clockOffset: message.now * 1000 - nowMs,
  };
}

/** The room after an event; the same object when nothing in it changes. */
export function applyEvent(room: Room, event: EventMessage): Room {
  switch (event.type) {
    case "participant_joined":
      return { ...room, participants: withEntry(room.participants, event.participant.id, event.participant) };
    case "participant_left":
      return withoutParticipant(room, event.participant);
    case "track_published":
    case "track_updated":
      return { ...room, tracks: withEntry(room.tracks, event.track.id, event.track) };
    case "track_unpublished":
      return { ...room, tracks: without(room.tracks, event.track) };
    case "hands":
      return { ...room, hands: event.hands };
    case "floor":
      return { ...room, floor: event.holders };
    case "speakers":
      return { ...room, speakers: event.speakers };
    case "feeds":
      return { ...room, feeds: withFeeds(room.feeds, event.feeds), weak: withWeak(room.weak, event.feeds) };
    case "layers":
    case "floor_given":
    case "floor_taken":
    case "muted":
    case "closed":
      return room;
  }
}

/** A participant's track of one source. */
export function trackOf(room: Room, participant: string, source: Source): TrackInfo | undefined {
  for (const track of room.tracks.values()) {
    if (track.participant === participant && track.source === source) return track;
  }
  return undefined;
}

/** Whether a participant may be heard: hosts always, others with the floor or where the floor is open. */
export function maySpeak(room: Room, participant: string): boolean {
  if (room.floorPolicy === "open") return true;
  if (room.participants.get(participant)?.role === "host") return true;
  if (participant === room.self && room.role === "host") return true;
  return room.floor.includes(participant);
}

/** The place in the line of hands, from 1; 0 when the hand is down. */
export function handPlace(room: Room, participant: string): number {
  return room.hands.findIndex((hand) => hand.participant === participant) + 1;
}

/** Whether our line is too thin for a track at the moment. */
export function isWeak(room: Room, track: TrackInfo | undefined): boolean {
  return track !== undefined && [...room.weak.values()].includes(track.id);
}

/** Whoever shares a screen: the latest one. */
export function screenTrack(room: Room): TrackInfo | undefined {
  let found: TrackInfo | undefined;
  for (const track of room.tracks.values()) if (track.source === "screen" && track.on && track.allowed) found = track;
  return found;
}

function withoutParticipant(room: Room, id: string): Room {
  const tracks = new Map([...room.tracks].filter(([, track]) => track.participant !== id));
  return {
    ...room,
    participants: without(room.participants, id),
    tracks,
    hands: room.hands.filter((hand) => hand.participant !== id),
    floor: room.floor.filter((holder) => holder !== id),
    speakers: room.speakers.filter((speaker) => speaker.participant !== id),
    feeds: new Map([...room.feeds].filter(([, track]) => tracks.has(track))),
    weak: new Map([...room.weak].filter(([, track]) => tracks.has(track))),
  };
}

function withFeeds(feeds: ReadonlyMap<string, string>, changes: readonly FeedInfo[]): ReadonlyMap<string, string> {
  const next = new Map(feeds);
  for (const { slot, track, paused } of changes) {
    // A paused picture is the slot's last one; it is shown only if it is that person's.
    if (track === null || (paused && feeds.get(slot) !== track)) next.delete(slot);
    else next.set(slot, track);
  }
  return next;
}

function withWeak(weak: ReadonlyMap<string, string>, changes: readonly FeedInfo[]): ReadonlyMap<string, string> {
  const next = new Map(weak);
  for (const { slot, track, paused } of changes) {
    if (track !== null && paused) next.set(slot, track);
    else next.delete(slot);
  }
  return next;
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
