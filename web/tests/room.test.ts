import { describe, expect, it } from "vitest";
import { keyAction } from "../src/features/lesson/key-map";
import { cameraSize, deviceProblem, parseCameraSize } from "../src/media/capture";
import { applyEvent, handPlace, isWeak, maySpeak, type Room, roomFromJoined, screenTrack, trackOf } from "../src/media/room";
import type { JoinedMessage, TrackInfo } from "../src/media/wire";

const track = (id: string, participant: string, source: TrackInfo["source"]): TrackInfo => ({
  id,
  participant,
  source,
  kind: source === "camera" || source === "screen" ? "video" : "audio",
  on: true,
  allowed: true,
});

function joined(): Room {
  const participants = ["me", "eva", "vera"].map((id) => ({
    id,
    person: id,
    name: id,
    role: id === "vera" ? ("host" as const) : ("member" as const),
    joined_at: 1,
  }));
  const message = {
    type: "joined",
    participant: "me",
    title: "Algebra",
    role: "member",
    floor_policy: "hand",
    participants,
    tracks: [track("c", "eva", "camera"), track("m", "eva", "microphone")],
    hands: [{ participant: "eva", since: 5 }, { participant: "me", since: 6 }],
    floor: [],
    feeds: [{ slot: "s", track: "c" }],
    started_at: 100,
    now: 160,
  } as unknown as JoinedMessage;
  return roomFromJoined(message, 150_000);
}

describe("the room", () => {
  it("knows the server's clock", () => {
    expect(joined()).toMatchObject({ startedAt: 100_000, clockOffset: 10_000 });
  });

  it("forgets with a participant their tracks, hand, floor and feeds", () => {
    const room = applyEvent(joined(), { type: "participant_left", participant: "eva", reason: "left" });
    expect([room.participants.has("eva"), room.tracks.size, room.feeds.size]).toEqual([false, 0, 0]);
    expect(handPlace(room, "me")).toBe(1);
  });

  it("keeps the last picture of a paused slot only if it is that person's", () => {
    const track = joined().tracks.get("c");
    let room = applyEvent(joined(), { type: "feeds", feeds: [{ slot: "s", track: "c", paused: true }] });
    expect([room.feeds.get("s"), isWeak(room, track)]).toEqual(["c", true]);
    room = applyEvent(room, { type: "feeds", feeds: [{ slot: "s", track: "c" }] });
    expect(isWeak(room, track)).toBe(false);
    room = applyEvent(joined(), { type: "feeds", feeds: [{ slot: "s2", track: "c", paused: true }] });
    expect([room.feeds.get("s2"), isWeak(room, track)]).toEqual([undefined, true]);
  });

  it("follows feeds, hands and the floor", () => {
    let room = joined();
    expect(handPlace(room, "me")).toBe(2);
    expect(maySpeak(room, "me")).toBe(false);
    expect(maySpeak(room, "vera")).toBe(true);
    room = applyEvent(room, { type: "floor", holders: ["me"] });
    expect(maySpeak(room, "me")).toBe(true);
    room = applyEvent(room, { type: "feeds", feeds: [{ slot: "s", track: null }, { slot: "s2", track: "m" }] });
    expect([...room.feeds]).toEqual([["s2", "m"]]);
    room = applyEvent(room, { type: "hands", hands: [] });
    expect(handPlace(room, "me")).toBe(0);
  });

  it("follows tracks", () => {
    let room = applyEvent(joined(), { type: "track_published", track: track("x", "vera", "screen") });
    expect(screenTrack(room)?.id).toBe("x");
    room = applyEvent(room, { type: "track_updated", track: { ...track("x", "vera", "screen"), on: false } });
    expect(screenTrack(room)).toBeUndefined();
    room = applyEvent(room, { type: "track_unpublished", track: "c" });
    expect(trackOf(room, "eva", "camera")).toBeUndefined();
  });

  it("changes nothing that an event does not concern", () => {
    const room = joined();
    expect(applyEvent(room, { type: "floor_given", by: "vera" })).toBe(room);
    expect(applyEvent(room, { type: "hands", hands: [] }).tracks).toBe(room.tracks);
  });
});

describe("keys", () => {
  const key = (code: string, more: Partial<Parameters<typeof keyAction>[0]> = {}) => ({
    code, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...more,
  });

  it("are matched by place, so they work on every layout", () => {
    expect(keyAction(key("KeyH"), true)).toBe("hand");
    expect(keyAction(key("KeyM"), true)).toBe("microphone");
    expect(keyAction(key("Digit3"), true)).toEqual({ pin: 2 });
    expect(keyAction(key("KeyL", { shiftKey: true }), true)).toBe("lowerAll");
    expect(keyAction(key("KeyH", { shiftKey: true }), true)).toBeNull();
  });

  it("can be switched off, but for those with Ctrl", () => {
    expect(keyAction(key("KeyH"), false)).toBeNull();
    expect(keyAction(key("KeyD", { ctrlKey: true }), false)).toBe("microphone");
    expect(keyAction(key("KeyE", { ctrlKey: true }), false)).toBe("camera");
    expect(keyAction(key("KeyM", { ctrlKey: true }), true)).toBeNull();
    expect(keyAction(key("KeyM", { altKey: true }), true)).toBeNull();
  });
});

describe("devices", () => {
  const failed = (name: string): Error => Object.assign(new Error(), { name });

  it("say why they are not there", () => {
    expect(deviceProblem(failed("NotAllowedError"))).toBe("blocked");
    expect(deviceProblem(failed("NotFoundError"))).toBe("missing");
    expect(deviceProblem(failed("NotReadableError"))).toBe("busy");
    expect(deviceProblem(null)).toBe("unsupported");
  });

  it("are asked for less on phones and small machines", () => {
    expect(cameraSize(true, 8).height).toBe(360);
    expect(cameraSize(false, 2)).toEqual({ width: 1280, height: 720, frameRate: 15 });
    expect(parseCameraSize("320x180@15")).toEqual({ width: 320, height: 180, frameRate: 15 });
    expect(parseCameraSize("wide")).toBeNull();
  });
});
