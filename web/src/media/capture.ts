/** Microphone, camera and screen of this machine, and why they cannot be had. */

/** Why a device is not there. `blocked` is the browser's refusal, `busy` another program, `insecure` a page without TLS. */
export type DeviceProblem = "blocked" | "missing" | "busy" | "insecure" | "unsupported";

export class DeviceError extends Error {
  readonly problem: DeviceProblem;

  constructor(problem: DeviceProblem) {
    super(problem);
    this.name = "DeviceError";
    this.problem = problem;
  }
}

export function deviceProblem(error: unknown): DeviceProblem {
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "blocked";
    case "NotFoundError":
    case "OverconstrainedError":
    case "DevicesNotFoundError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
    case "TrackStartError":
      return "busy";
    default:
      return "unsupported";
  }
}

export interface CameraSize {
  width: number;
  height: number;
  frameRate: number;
}

/** What to ask a camera for: a phone or a machine of two cores does less. */
export function cameraSize(phone: boolean, cores: number): CameraSize {
  if (phone) return { width: 640, height: 360, frameRate: 20 };
  return { width: 1280, height: 720, frameRate: cores <= 2 ? 15 : 24 };
}

/** Reads "1280x720@15"; null when it does not read so. For tests and support, never shown. */
export function parseCameraSize(text: string | null): CameraSize | null {
  const match = /^(\d{2,4})x(\d{2,4})(?:@(\d{1,2}))?$/.exec(text ?? "");
  if (!match) return null;
  return { width: Number(match[1]), height: Number(match[2]), frameRate: Number(match[3] ?? 24) };
}

/** Opens a microphone; `deviceId` is a wish, not a condition. */
export async function openMicrophone(deviceId: string | null): Promise<MediaStreamTrack> {
  return only((await userMedia(microphoneConstraints(deviceId))).getAudioTracks());
}

/** Opens a camera; `deviceId` is a wish, not a condition. */
export async function openCamera(deviceId: string | null, size: CameraSize): Promise<MediaStreamTrack> {
  const track = only((await userMedia(cameraConstraints(deviceId, size))).getVideoTracks());
  track.contentHint = "motion";
  return track;
}

function microphoneConstraints(deviceId: string | null): { audio: MediaTrackConstraints } {
  return {
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(deviceId ? { deviceId: { ideal: deviceId } } : {}),
    },
  };
}

function cameraConstraints(deviceId: string | null, size: CameraSize): { video: MediaTrackConstraints } {
  return {
    video: {
      width: { ideal: size.width },
      height: { ideal: size.height },
      frameRate: { ideal: size.frameRate, max: 30 },
      ...(deviceId ? { deviceId: { ideal: deviceId } } : { facingMode: "user" }),
    },
  };
}

/**
 * Opens microphone and camera with one question of the browser; what is missing or refused is told for each alone.
 * `camera` null leaves the camera be.
 */
export async function openBoth(
  microphoneId: string | null,
  camera: { deviceId: string | null; size: CameraSize } | null,
): Promise<{ microphone: MediaStreamTrack | DeviceProblem; camera: MediaStreamTrack | DeviceProblem | null }> {
  if (camera !== null) {
    try {
      const { audio } = microphoneConstraints(microphoneId);
      const { video } = cameraConstraints(camera.deviceId, camera.size);
      const stream = await userMedia({ audio, video });
      const picture = only(stream.getVideoTracks());
      picture.contentHint = "motion";
      return { microphone: only(stream.getAudioTracks()), camera: picture };
    } catch (error) {
      if (error instanceof DeviceError && (error.problem === "insecure" || error.problem === "unsupported")) {
        return { microphone: error.problem, camera: error.problem };
      }
    }
  }
  const problem = (error: unknown): DeviceProblem => (error instanceof DeviceError ? error.problem : "unsupported");
  const microphone = await openMicrophone(microphoneId).catch(problem);
  return { microphone, camera: camera && (await openCamera(camera.deviceId, camera.size).catch(problem)) };
}

/** Lets the person pick a screen, window or tab; null when they change their mind. */
export async function openScreen(): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | null } | null> {
  if (!navigator.mediaDevices || !("getDisplayMedia" in navigator.mediaDevices)) throw new DeviceError("unsupported");
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 30 } },
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      systemAudio: "include",
      selfBrowserSurface: "exclude",
      surfaceSwitching: "include",
    } as DisplayMediaStreamOptions);
    const video = only(stream.getVideoTracks());
    video.contentHint = "detail";
    return { video, audio: stream.getAudioTracks()[0] ?? null };
  } catch (error) {
    if (error instanceof Error && error.name === "NotAllowedError") return null;
    throw new DeviceError(deviceProblem(error));
  }
}

/** Whether this browser can share a screen at all (phones cannot). */
export function canShareScreen(): boolean {
  return typeof navigator !== "undefined" && !!navigator.mediaDevices && "getDisplayMedia" in navigator.mediaDevices;
}

/** The machine's devices by kind; labels are empty until a permission is given. */
export async function listDevices(): Promise<Record<MediaDeviceKind, MediaDeviceInfo[]>> {
  const found: Record<MediaDeviceKind, MediaDeviceInfo[]> = { audioinput: [], videoinput: [], audiooutput: [] };
  if (!navigator.mediaDevices?.enumerateDevices) return found;
  for (const device of await navigator.mediaDevices.enumerateDevices()) {
    if (device.deviceId !== "") found[device.kind].push(device);
  }
  return found;
}

async function userMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
  if (!window.isSecureContext) throw new DeviceError("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new DeviceError("unsupported");
  try {
    return await navigator.mediaDevices.getUserMedia(constraints);
  } catch (error) {
    throw new DeviceError(deviceProblem(error));
  }
}

function only(tracks: MediaStreamTrack[]): MediaStreamTrack {
  const track = tracks[0];
  if (!track) throw new DeviceError("missing");
  return track;
}
