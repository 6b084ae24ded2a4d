/** Who asks for a longer jitter buffer, and what for: to keep lips and voice together, to wait for repairs. */
export type Asker = "lips" | "repairs";

type Steerable = RTCRtpReceiver & { jitterBufferTarget?: number | null };

const asked = new WeakMap<RTCRtpReceiver, Map<Asker, number>>();

/** How long a receiver's jitter buffer shall be at least, ms; null asks for nothing. The longest that anybody asks for counts. */
export function holdBack(receiver: RTCRtpReceiver, asker: Asker, ms: number | null): void {
  let askers = asked.get(receiver);
  if (!askers) asked.set(receiver, (askers = new Map()));
  if (ms === null) askers.delete(asker);
  else askers.set(asker, ms);
  const target = askers.size > 0 ? Math.max(...askers.values()) : null;
  const steerable: Steerable = receiver;
  if ("jitterBufferTarget" in steerable && steerable.jitterBufferTarget !== target) steerable.jitterBufferTarget = target;
}
