/** Messages of the signalling WebSocket, mirroring `signalling/messages.py`. */

import type { types } from "mediasoup-client";

export const PROTOCOL = 1;

export type Role = "host" | "member" | "guest";
export type Source = "microphone" | "camera" | "screen" | "screen_audio";
export type Kind = "audio" | "video";
export type TransportPath = "send" | "receive";

export interface SlotView {
  slot: string;
  max_height: number;
  track?: string;
}

export type ClientMessage =
  | { type: "join"; protocol: number; ticket: string }
  | { type: "resume"; protocol: number; token: string }
  | { type: "connect"; transport: TransportPath; dtls_parameters: types.DtlsParameters }
  | { type: "restart_ice"; transport: TransportPath }
  | {
      type: "publish";
      source: Source;
      rtp_parameters: types.RtpParameters;
      width?: number;
      height?: number;
      on?: boolean;
    }
  | { type: "unpublish"; track: string }
  | { type: "update_track"; track: string; on?: boolean; width?: number; height?: number }
  | { type: "add_slots"; video: number }
  | { type: "view"; slots: SlotView[] }
  | { type: "raise_hand" }
  | { type: "lower_hand"; participant?: string }
  | { type: "lower_all_hands" }
  | { type: "give_floor"; participant: string }
  | { type: "take_floor"; participant?: string }
  | { type: "answer_floor"; accept: boolean }
  | { type: "mute"; participant: string; source?: Source }
  | { type: "mute_all" }
  | { type: "remove"; participant: string }
  | { type: "end_room" }
  | { type: "leave" }
  | { type: "ping" };

export interface TransportInfo {
  id: string;
  iceParameters: types.IceParameters;
  iceCandidates: types.IceCandidate[];
  dtlsParameters: types.DtlsParameters;
}

export interface ParticipantInfo {
  id: string;
  person: string;
  name: string;
  role: Role;
  /** Unix time, seconds. */
  joined_at: number;
}

export interface TrackInfo {
  id: string;
  participant: string;
  source: Source;
  kind: Kind;
  /** False while its owner has it off. */
  on: boolean;
  /** False while it is not forwarded: no floor, or muted by a host. */
  allowed: boolean;
  width?: number;
  height?: number;
}

export interface SlotInfo {
  id: string;
  kind: Kind;
  rtp_parameters: types.RtpParameters;
}

export interface HandInfo {
  participant: string;
  /** Unix time, seconds. */
  since: number;
}

export interface SpeakerInfo {
  participant: string;
  /** 0 is loudest, 127 silent (RFC 6464). */
  level: number;
}

export interface FeedInfo {
  slot: string;
  track: string | null;
  /** Our line does not carry it at the moment. */
  paused?: boolean;
}

export interface JoinedMessage {
  type: "joined";
  re?: number;
  participant: string;
  room: string;
  title: string;
  role: Role;
  resume_token: string;
  resumed: boolean;
  floor_policy: "hand" | "open";
  rtp_capabilities: types.RtpCapabilities;
  ice_servers: RTCIceServer[];
  send: TransportInfo;
  receive: TransportInfo;
  slots: SlotInfo[];
  participants: ParticipantInfo[];
  tracks: TrackInfo[];
  hands: HandInfo[];
  floor: string[];
  feeds: FeedInfo[];
  started_at: number;
  now: number;
}

export type ClosedReason = "ended" | "removed" | "replaced" | "left" | "draining" | "too_slow";

export type ReplyMessage =
  | { type: "ok"; re?: number }
  | { type: "pong"; re?: number }
  | { type: "error"; re?: number; code: string; message: string; fatal?: boolean }
  | { type: "waiting"; re?: number; reason: "host" }
  | JoinedMessage
  | { type: "ice_restarted"; re?: number; iceParameters: types.IceParameters }
  | { type: "published"; re?: number; track: string }
  | { type: "slots"; re?: number; slots: SlotInfo[] };

export type EventMessage =
  | { type: "participant_joined"; participant: ParticipantInfo }
  | { type: "participant_left"; participant: string; reason: "left" | "removed" | "lost" | "replaced" }
  | { type: "track_published"; track: TrackInfo }
  | { type: "track_updated"; track: TrackInfo }
  | { type: "track_unpublished"; track: string }
  | { type: "hands"; hands: HandInfo[] }
  | { type: "floor"; holders: string[] }
  | { type: "floor_given"; by: string }
  | { type: "floor_taken"; by: string | null }
  | { type: "muted"; track: string; by: string }
  | { type: "speakers"; speakers: SpeakerInfo[] }
  | { type: "feeds"; feeds: FeedInfo[] }
  | { type: "layers"; track: string; wanted: boolean[] }
  | { type: "closed"; reason: ClosedReason };

export type ServerMessage = ReplyMessage | EventMessage;

/** The answer a request resolves with, by its type. */
export interface Answers {
  publish: { type: "published"; track: string };
  restart_ice: { type: "ice_restarted"; iceParameters: types.IceParameters };
  add_slots: { type: "slots"; slots: SlotInfo[] };
  ping: { type: "pong" };
}

export type AnswerTo<M extends ClientMessage> = M["type"] extends keyof Answers
  ? Answers[M["type"]]
  : { type: "ok" };
