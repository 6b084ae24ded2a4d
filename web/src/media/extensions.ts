/** The RTP header extension by which a server can tell the layers of AV1 apart. */
const DEPENDENCY_DESCRIPTOR =
  "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

let asked = false;

/** `RTCRtpTransceiver.setHeaderExtensionsToNegotiate` (W3C webrtc-extensions), which is not in TypeScript's library yet. */
interface Negotiable {
  getHeaderExtensionsToNegotiate?(): { uri: string; direction: string }[];
  setHeaderExtensionsToNegotiate?(extensions: { uri: string; direction: string }[]): void;
}

/**
 * Browsers offer the dependency descriptor only where it is asked for. mediasoup-client makes the transceivers, and asks
 * a connection of its own what the browser can do; so from now on every new transceiver for video asks for it.
 */
export function offerDependencyDescriptor(): void {
  if (asked) return;
  asked = true;
  const add = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (...given) {
    const made = add.apply(this, given);
    const negotiable = made as unknown as Negotiable;
    const listed = negotiable.getHeaderExtensionsToNegotiate?.();
    if (listed?.some(({ uri }) => uri === DEPENDENCY_DESCRIPTOR)) {
      negotiable.setHeaderExtensionsToNegotiate?.(
        listed.map((one) => (one.uri === DEPENDENCY_DESCRIPTOR ? { ...one, direction: "sendrecv" } : one)),
      );
    }
    return made;
  };
}
