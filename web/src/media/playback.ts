import { signal } from "@preact/signals";

/** Plays voices. The elements belong to the lesson, not to a page of it, so they go on when one looks elsewhere. */
export class Playback {
  /** True while the browser keeps the sound back until the person presses something. */
  readonly blocked = signal(false);
  private readonly elements = new Map<string, HTMLAudioElement>();
  private sink: string | null = null;

  play(slot: string, track: MediaStreamTrack): void {
    let element = this.elements.get(slot);
    if (!element) {
      element = new Audio();
      element.autoplay = true;
      this.elements.set(slot, element);
      this.route(element);
    }
    element.srcObject = new MediaStream([track]);
    this.start(element);
  }

  /** Called from a press: now the browser lets it play. */
  unblock(): void {
    this.blocked.value = false;
    for (const element of this.elements.values()) this.start(element);
  }

  setSpeaker(deviceId: string): void {
    this.sink = deviceId;
    for (const element of this.elements.values()) this.route(element);
  }

  close(): void {
    for (const element of this.elements.values()) {
      element.pause();
      element.srcObject = null;
    }
    this.elements.clear();
    this.blocked.value = false;
  }

  private start(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      if (error instanceof Error && error.name === "NotAllowedError") this.blocked.value = true;
    });
  }

  private route(element: HTMLAudioElement): void {
    const routable = element as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
    if (this.sink !== null) routable.setSinkId?.(this.sink).catch(() => {});
  }
}
