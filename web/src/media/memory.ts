/** What this tab remembers of lessons, so that a reload comes back as it was. */

const DEVICE = "sfera.device";
const IN_LESSON = "sfera.lesson";
const MEDIA = "sfera.media";

export interface Remembered {
  microphone: boolean;
  camera: boolean;
  microphoneId: string | null;
  cameraId: string | null;
}

export const DEFAULT_MEDIA: Remembered = { microphone: false, camera: true, microphoneId: null, cameraId: null };

/** This tab's device id: the room takes two tickets of one device for one presence. */
export function deviceId(): string {
  let id = sessionStorage.getItem(DEVICE);
  if (!id) {
    id = randomId();
    sessionStorage.setItem(DEVICE, id);
  }
  return id;
}

/** The lesson this tab is in, or null. */
export function lessonInTab(): string | null {
  return sessionStorage.getItem(IN_LESSON);
}

export function rememberLesson(id: string | null): void {
  if (id === null) sessionStorage.removeItem(IN_LESSON);
  else sessionStorage.setItem(IN_LESSON, id);
}

/** The last choice of microphone and camera in this tab; null before the first. */
export function rememberedMedia(): Remembered | null {
  try {
    const text = sessionStorage.getItem(MEDIA);
    return text ? { ...DEFAULT_MEDIA, ...(JSON.parse(text) as Partial<Remembered>) } : null;
  } catch {
    return null;
  }
}

export function rememberMedia(media: Remembered): void {
  sessionStorage.setItem(MEDIA, JSON.stringify(media));
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
