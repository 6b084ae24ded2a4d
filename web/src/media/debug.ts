/** A hook for tests and support, there only when the query or localStorage holds `sfera.debug`. */

import type { Lesson } from "./lesson";
import type { Source } from "./wire";

export interface SlotStats {
  slot: string;
  kind: string;
  track: string | null;
  participant: string | null;
  source: Source | null;
  packetsReceived: number;
  packetsLost: number;
  framesDecoded: number;
  frameWidth: number;
  frameHeight: number;
  totalAudioEnergy: number;
  estimatedPlayoutTimestamp: number | null;
  /** Time of the report, ms. */
  timestamp: number;
  jitterBufferTarget: number | null;
  raw: Record<string, unknown>;
}

export interface Hook {
  lesson: Lesson;
  /** Inbound statistics by slot. */
  stats(): Promise<SlotStats[]>;
  /** Outbound statistics by source: one entry a layer. */
  sent(): Promise<Record<string, Record<string, unknown>[]>>;
  readonly peerConnections: RTCPeerConnection[];
  readonly senders: Record<string, RTCRtpSender>;
  /** Sends a microphone again without telling anybody, as a doctored page would. */
  doctor(): Promise<void>;
}

export function debugging(): boolean {
  if (new URLSearchParams(location.search).has("sfera.debug")) sessionStorage.setItem("sfera.debug", "1");
  try {
    return sessionStorage.getItem("sfera.debug") !== null || localStorage.getItem("sfera.debug") !== null;
  } catch {
    return false;
  }
}

/** A test's wish from the query (kept for the tab), such as `codec=h264` or `camera=1280x720@15`. */
export function debugWish(name: "codec" | "camera"): string | null {
  if (!debugging()) return null;
  const value = new URLSearchParams(location.search).get(name);
  if (value !== null) sessionStorage.setItem(`sfera.debug.${name}`, value);
  return sessionStorage.getItem(`sfera.debug.${name}`);
}

export function installHook(lesson: Lesson): void {
  if (!debugging()) return;
  const hook: Hook = {
    lesson,
    stats: () => slotStats(lesson),
    sent: () => sentStats(lesson),
    get peerConnections() {
      return lesson.peerConnections;
    },
    get senders() {
      return Object.fromEntries(lesson.publisher.senders);
    },
    async doctor() {
      const sender = lesson.publisher.senders.get("microphone");
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const track = stream.getAudioTracks()[0];
      if (sender && track) await sender.replaceTrack(track);
    },
  };
  (window as unknown as { sfera: Hook }).sfera = hook;
}

async function slotStats(lesson: Lesson): Promise<SlotStats[]> {
  const room = lesson.room.value;
  const all: SlotStats[] = [];
  for (const slot of lesson.slots) {
    const report = await slot.receiver.getStats();
    let raw: Record<string, unknown> = {};
    for (const entry of report.values() as IterableIterator<Record<string, unknown>>) {
      if (entry.type === "inbound-rtp") raw = entry;
    }
    const track = room?.feeds.get(slot.id) ?? null;
    const info = track === null ? undefined : room?.tracks.get(track);
    const number = (key: string): number => (raw[key] as number | undefined) ?? 0;
    all.push({
      slot: slot.id,
      kind: slot.kind,
      track,
      participant: info?.participant ?? null,
      source: info?.source ?? null,
      packetsReceived: number("packetsReceived"),
      packetsLost: number("packetsLost"),
      framesDecoded: number("framesDecoded"),
      frameWidth: number("frameWidth"),
      frameHeight: number("frameHeight"),
      totalAudioEnergy: number("totalAudioEnergy"),
      estimatedPlayoutTimestamp: (raw.estimatedPlayoutTimestamp as number | undefined) ?? null,
      timestamp: number("timestamp"),
      jitterBufferTarget:
        (slot.receiver as RTCRtpReceiver & { jitterBufferTarget?: number | null }).jitterBufferTarget ?? null,
      raw,
    });
  }
  return all;
}

async function sentStats(lesson: Lesson): Promise<Record<string, Record<string, unknown>[]>> {
  const all: Record<string, Record<string, unknown>[]> = {};
  for (const [source, sender] of lesson.publisher.senders) {
    const layers: Record<string, unknown>[] = [];
    for (const entry of (await sender.getStats()).values() as IterableIterator<Record<string, unknown>>) {
      if (entry.type === "outbound-rtp") layers.push(entry);
    }
    all[source] = layers;
  }
  return all;
}
