/* What a test sees from inside of a page: put into every page before its own scripts run. */
(() => {
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** The room, or null outside of a lesson. */
  const room = () => window.sfera?.lesson.room.value ?? null;

  /** What every slot receives. One report a connection: its audio and video are read at one moment. */
  async function slots() {
    const lesson = window.sfera?.lesson;
    if (!lesson) return [];
    const reports = await Promise.all(window.sfera.peerConnections.map((connection) => connection.getStats()));
    const all = reports.flatMap((report) => [...report.values()]);
    const now = room();
    return lesson.slots.map((slot) => {
      // A slot that has not yet received anything has no statistics.
      const stats = all.find((entry) => entry.type === "inbound-rtp" && entry.trackIdentifier === slot.track.id) ?? {};
      const id = now?.feeds.get(slot.id) ?? null;
      const track = id === null ? undefined : now.tracks.get(id);
      return {
        slot: slot.id,
        kind: slot.kind,
        track: id,
        source: track?.source ?? null,
        name: now?.participants.get(track?.participant)?.name ?? null,
        packets: stats.packetsReceived ?? 0,
        lost: stats.packetsLost ?? 0,
        frames: stats.framesDecoded ?? 0,
        dropped: stats.framesDropped ?? 0,
        keyFrames: stats.keyFramesDecoded ?? 0,
        freezes: stats.freezeCount ?? 0,
        width: stats.frameWidth ?? 0,
        height: stats.frameHeight ?? 0,
        codec: all.find((entry) => entry.type === "codec" && entry.id === stats.codecId)?.mimeType ?? null,
        energy: stats.totalAudioEnergy ?? 0,
        playout: stats.estimatedPlayoutTimestamp || null,
      };
    });
  }

  /** Looks again and again for so long; each look is {at: ms since the first, slots}. */
  async function record(ms, every) {
    const begin = performance.now();
    const looks = [];
    while (performance.now() - begin < ms) {
      looks.push({ at: performance.now() - begin, slots: await slots() });
      await sleep(every);
    }
    return looks;
  }

  /** Whether every named person's track of this source is carried by a slot and comes forward: frames, or energy. */
  async function flows(source, names, above) {
    const all = await slots();
    return names.every((name) =>
      all.some(
        (slot) =>
          slot.name === name &&
          slot.source === source &&
          (slot.kind === "video" ? slot.frames > above : slot.energy > above),
      ),
    );
  }

  /** Audio packets received so far, in all slots together. */
  async function voicePackets() {
    return (await slots()).filter((slot) => slot.kind === "audio").reduce((sum, slot) => sum + slot.packets, 0);
  }

  /**
   * Lets one slot that is free carry these tracks in turn, while the page itself asks for nothing. Gives the slot, and of
   * each turn how long it took until it was fed, and until a frame of the new track was decoded: the first of them is a
   * keyframe.
   */
  async function takeTurns(tracks, codecs, turns, height) {
    window.sfera.lesson.viewer.stop();
    const free = (await slots()).filter((one) => one.kind === "video" && !tracks.includes(one.track));
    const { slot } = free.at(-1);
    const read = async () => (await slots()).find((one) => one.slot === slot);
    const told = [];
    for (let turn = 0; turn < turns; turn++) {
      const track = tracks[turn % tracks.length];
      const before = await read();
      const begin = performance.now();
      await window.sfera.lesson.send({ type: "view", slots: [{ slot, track, max_height: height }] });
      let fedAt = null;
      let grownAt = null;
      let now = before;
      while (grownAt === null && performance.now() - begin < 10_000) {
        await sleep(20);
        now = await read();
        if (fedAt === null && now.track === track) fedAt = performance.now() - begin;
        // A last keyframe of the camera before counts for nothing: it is of the other codec.
        const decodes = now.keyFrames > before.keyFrames && now.codec === codecs[turn % codecs.length];
        if (fedAt !== null && decodes) grownAt = performance.now() - begin;
      }
      told.push({ turn, fedAt, grownAt, codec: now.codec });
    }
    return { slot, turns: told };
  }

  /** Lets two people's cameras change slots, and waits until the frames of both are decoded there. */
  async function exchange(names) {
    window.sfera.lesson.viewer.stop();
    const before = (await slots()).filter((slot) => slot.source === "camera" && names.includes(slot.name));
    const [one, two] = before;
    const goal = [
      { slot: one.slot, track: two.track, frames: one.frames },
      { slot: two.slot, track: one.track, frames: two.frames },
    ];
    await window.sfera.lesson.send({
      type: "view",
      slots: goal.map(({ slot, track }) => ({ slot, track, max_height: 180 })),
    });
    for (;;) {
      const now = await slots();
      if (goal.every((g) => now.some((s) => s.slot === g.slot && s.track === g.track && s.frames > g.frames))) return;
      await sleep(20);
    }
  }

  /** When the last audio packet came, ms after something happened (`when` resolves); looks for `ms`. */
  async function lastVoiceAfter(when, ms) {
    await when();
    const begin = performance.now();
    let packets = await voicePackets();
    let last = 0;
    while (performance.now() - begin < ms) {
      const now = await voicePackets();
      if (now > packets) last = performance.now() - begin;
      packets = now;
      await sleep(10);
    }
    return last;
  }

  /** Waits until nobody holds the floor. */
  async function floorIsFree() {
    while (room().floor.length > 0) await sleep(5);
  }

  /** Unix time (ms) at which somebody's camera was decoded in a slot that was not there when this was called. */
  async function anew(name, ms) {
    const old = new Set(window.sfera.lesson.slots.map((slot) => slot.id));
    const begin = performance.now();
    while (performance.now() - begin < ms) {
      const found = (await slots()).some((one) => !old.has(one.slot) && one.name === name && one.frames > 1);
      if (found) return Date.now();
      await sleep(20);
    }
    throw new Error(`${name} was not seen again`);
  }

  window.look = { room, slots, record, flows, voicePackets, takeTurns, exchange, lastVoiceAfter, floorIsFree, anew };
})();
