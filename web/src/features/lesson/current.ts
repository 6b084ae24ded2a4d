import { signal } from "@preact/signals";
import { cameraSize, parseCameraSize } from "../../media/capture";
import { debugWish } from "../../media/debug";
import type { Lesson } from "../../media/lesson";
import { DEFAULT_MEDIA, rememberedMedia } from "../../media/memory";
import type { Choices } from "../../media/publisher";
import { isPhone } from "./screen";

/** The lesson this page is in, also while one looks at other pages. (Light: the lesson itself is loaded when entered.) */
export const current = signal<Lesson | null>(null);
/** The browser is asking for camera and microphone. */
export const asking = signal(false);

/** What the sheet "new lesson" has captured already. */
export interface Prepared {
  microphone: MediaStreamTrack | null;
  microphoneOn: boolean;
  camera: MediaStreamTrack | null;
}

const CODECS: Readonly<Record<string, string>> = { h264: "video/H264", vp9: "video/VP9", av1: "video/AV1" };

/** Devices, size and codec as this tab had them last. */
export function choices(): Choices {
  const remembered = rememberedMedia() ?? DEFAULT_MEDIA;
  return {
    microphoneId: remembered.microphoneId,
    cameraId: remembered.cameraId,
    size: parseCameraSize(debugWish("camera")) ?? cameraSize(isPhone(), navigator.hardwareConcurrency || 4),
    codec: CODECS[debugWish("codec")?.toLowerCase() ?? ""] ?? "video/VP8",
  };
}
