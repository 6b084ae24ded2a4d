import { Device, type types } from "mediasoup-client";
import type { SignalSocket } from "./signalling";
import type { JoinedMessage, Kind, SlotInfo, Source, TransportPath } from "./wire";

/** A slot that is set up: its track is there for as long as the link lives, fed or not. */
export interface Slot {
  id: string;
  kind: Kind;
  /** Number among the slots of its kind, from 0. */
  index: number;
  track: MediaStreamTrack;
  receiver: RTCRtpReceiver;
}

export interface PublishOptions {
  source: Source;
  track: MediaStreamTrack;
  on: boolean;
  width: number;
  height: number;
  encodings?: types.RtpEncodingParameters[];
  codec?: types.RtpCodecCapability;
}

const DISCONNECTED_GRACE_MS = 2_000;
const MAX_RESTARTS = 3;

/**
 * Our two transports to the media node, and what runs on them. Made at each fresh join; a resumed signalling
 * socket goes on with the same link. Knows no lesson, only how to set up, and to restart ICE when a path breaks.
 */
export class Link {
  readonly slots = new Map<string, Slot>();
  private readonly device: Device;
  private readonly sendTransport: types.Transport;
  private readonly receiveTransport: types.Transport;
  private readonly connections = new Set<RTCPeerConnection>();
  private signal: SignalSocket;
  private restarts = 0;
  private closed = false;
  private readonly onBroken: () => void;
  private readonly watch: Record<TransportPath, ReturnType<typeof setTimeout> | null> = { send: null, receive: null };

  private constructor(device: Device, joined: JoinedMessage, signal: SignalSocket, onBroken: () => void) {
    this.device = device;
    this.signal = signal;
    this.onBroken = onBroken;
    const iceServers = joined.ice_servers;
    this.sendTransport = device.createSendTransport({ ...joined.send, iceServers });
    this.receiveTransport = device.createRecvTransport({ ...joined.receive, iceServers });
    this.wire("send", this.sendTransport);
    this.wire("receive", this.receiveTransport);
    this.sendTransport.on("produce", ({ rtpParameters, appData }, done, fail) => {
      const { source, on, width, height } = appData as unknown as PublishOptions;
      this.signal
        .request({ type: "publish", source, rtp_parameters: rtpParameters, width, height, on })
        .then(({ track }) => done({ id: track }), fail);
    });
  }

  static async create(joined: JoinedMessage, signal: SignalSocket, onBroken: () => void): Promise<Link> {
    const device = new Device();
    await device.load({ routerRtpCapabilities: joined.rtp_capabilities });
    return new Link(device, joined, signal, onBroken);
  }

  /** Goes on over another signalling socket, after `resume`. */
  attach(signal: SignalSocket): void {
    this.signal = signal;
    this.restarts = 0;
    for (const path of ["send", "receive"] as const) {
      const state = this.transport(path).connectionState;
      if (state === "failed" || state === "disconnected") void this.restart(path);
    }
  }

  /** Publishes a track; the answer's `id` is the track's id in the room. Rejects when the server refuses it. */
  publish(options: PublishOptions): Promise<types.Producer> {
    const video = options.source === "camera" || options.source === "screen";
    return this.sendTransport.produce({
      track: options.track,
      stopTracks: false,
      disableTrackOnPause: false,
      ...(options.encodings ? { encodings: options.encodings } : {}),
      ...(options.codec ? { codec: options.codec } : {}),
      ...(video ? { codecOptions: { videoGoogleStartBitrate: 600 } } : { codecOptions: { opusFec: true } }),
      appData: { source: options.source, on: options.on, width: options.width, height: options.height },
    });
  }

  /** The node's codec by its MIME type, when this browser can send it. */
  codec(mimeType: string): types.RtpCodecCapability | undefined {
    const wanted = mimeType.toLowerCase();
    return this.device.sendRtpCapabilities.codecs?.find((codec) => codec.mimeType.toLowerCase() === wanted);
  }

  /**
   * Sets up those slots that are not yet there, all in one negotiation. The n-th voice and the n-th picture share a
   * stream id, because the browser keeps two slots in step only within one stream (see lips.ts).
   */
  async addSlots(infos: readonly SlotInfo[]): Promise<void> {
    const counts: Record<Kind, number> = { audio: 0, video: 0 };
    const tasks: Promise<void>[] = [];
    for (const info of infos) {
      const index = counts[info.kind]++;
      if (this.slots.has(info.id)) continue;
      tasks.push(
        this.receiveTransport
          .consume({
            id: info.id,
            producerId: info.id,
            kind: info.kind,
            rtpParameters: info.rtp_parameters,
            streamId: streamIdOf(info, index),
          })
          .then((consumer) => {
            const { track, rtpReceiver: receiver } = consumer;
            if (!receiver) return;
            this.slots.set(info.id, { id: info.id, kind: info.kind, index, track, receiver });
          }),
      );
    }
    await Promise.all(tasks);
  }

  /** The peer connections, for statistics and tests. */
  get peerConnections(): RTCPeerConnection[] {
    return [...this.connections];
  }

  get state(): types.ConnectionState {
    const states = [this.sendTransport.connectionState, this.receiveTransport.connectionState];
    for (const state of ["failed", "disconnected", "connecting"] as const) if (states.includes(state)) return state;
    return states.includes("connected") ? "connected" : "new";
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const timer of Object.values(this.watch)) if (timer !== null) clearTimeout(timer);
    this.sendTransport.close();
    this.receiveTransport.close();
    this.slots.clear();
  }

  private transport(path: TransportPath): types.Transport {
    return path === "send" ? this.sendTransport : this.receiveTransport;
  }

  private wire(path: TransportPath, transport: types.Transport): void {
    const connection = (transport.handler as unknown as { _pc?: RTCPeerConnection })._pc;
    if (connection) this.connections.add(connection);
    transport.on("connect", ({ dtlsParameters }, done, fail) => {
      this.signal.request({ type: "connect", transport: path, dtls_parameters: dtlsParameters }).then(() => done(), fail);
    });
    transport.on("connectionstatechange", (state) => {
      const timer = this.watch[path];
      if (timer !== null) clearTimeout(timer);
      this.watch[path] = null;
      if (state === "connected") this.restarts = 0;
      if (state === "failed") void this.restart(path);
      if (state === "disconnected") {
        this.watch[path] = setTimeout(() => void this.restart(path), DISCONNECTED_GRACE_MS);
      }
    });
  }

  private async restart(path: TransportPath): Promise<void> {
    if (this.closed) return;
    if (++this.restarts > MAX_RESTARTS) {
      this.onBroken();
      return;
    }
    try {
      const { iceParameters } = await this.signal.request({ type: "restart_ice", transport: path });
      await this.transport(path).restartIce({ iceParameters });
    } catch {
      // The signalling socket is down as well: `attach` tries again when it is back.
    }
  }
}

function streamIdOf(info: SlotInfo, index: number): string {
  const pairs = 3;
  if (index < pairs) return `pair-${index}`;
  return info.id;
}
