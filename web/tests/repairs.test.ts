import { describe, expect, it } from "vitest";
import { holdBack } from "../src/media/jitter";
import { Losses } from "../src/media/repairs";

/** Looks once a second at a stream of so many packets a second, of which a share is asked for again. */
function watch(losses: Losses, seconds: number, share: number, packets = 100, from = { came: 0, askedFor: 0 }) {
  for (let i = 0; i < seconds; i++) {
    from = { came: from.came + packets, askedFor: from.askedFor + packets * share };
    losses.look(from);
  }
  return from;
}

describe("a line that loses packets", () => {
  it("is known after a few seconds, and a clean one is never taken for it", () => {
    const lossy = new Losses();
    watch(lossy, 5, 0.05);
    expect(lossy.lossy).toBe(true);
    const clean = new Losses();
    watch(clean, 60, 0.002);
    expect(clean.lossy).toBe(false);
  });

  it("is told from one packet that happened to be lost", () => {
    const losses = new Losses();
    const counts = watch(losses, 30, 0);
    losses.look({ came: counts.came + 100, askedFor: counts.askedFor + 3 });
    expect(losses.lossy).toBe(false);
  });

  it("is good again when nothing has been lost for a while, not before", () => {
    const losses = new Losses();
    const counts = watch(losses, 20, 0.05);
    const later = watch(losses, 5, 0, 100, counts);
    expect(losses.lossy).toBe(true);
    watch(losses, 30, 0, 100, later);
    expect(losses.lossy).toBe(false);
  });

  it("is not judged by a handful of packets, nor by counts that begin anew", () => {
    const losses = new Losses();
    watch(losses, 60, 0.5, 2);
    expect(losses.lossy).toBe(false);
    const another = new Losses();
    watch(another, 10, 0);
    another.look({ came: 5, askedFor: 3 });
    expect(another.lossy).toBe(false);
  });
});

describe("a jitter buffer that several hold", () => {
  it("is as long as the longest asked for, and free when nobody asks", () => {
    const receiver = { jitterBufferTarget: null as number | null };
    const hold = (asker: "lips" | "repairs", ms: number | null) =>
      holdBack(receiver as unknown as RTCRtpReceiver, asker, ms);
    hold("lips", 80);
    hold("repairs", 200);
    expect(receiver.jitterBufferTarget).toBe(200);
    hold("lips", 350);
    expect(receiver.jitterBufferTarget).toBe(350);
    hold("lips", null);
    expect(receiver.jitterBufferTarget).toBe(200);
    hold("repairs", null);
    expect(receiver.jitterBufferTarget).toBeNull();
  });

  it("is left alone by a browser that does not know how", () => {
    const receiver = {};
    holdBack(receiver as RTCRtpReceiver, "repairs", 200);
    expect(receiver).toEqual({});
  });
});
