import { useEffect, useRef, useState } from "preact/hooks";
import { DeviceError, type DeviceProblem, openCamera, openMicrophone } from "../../media/capture";
import { DEFAULT_MEDIA, rememberedMedia } from "../../media/memory";
import { choices, type Prepared } from "../lesson/current";

export interface Previewed {
  on: boolean;
  media: MediaStreamTrack | null;
  problem: DeviceProblem | null;
}

const OFF: Previewed = { on: false, media: null, problem: null };

export interface Preview {
  camera: Previewed;
  microphone: Previewed;
  switchCamera(on: boolean): Promise<void>;
  switchMicrophone(on: boolean): Promise<void>;
  /** The browser has not yet given what was asked of it: there is nothing to hand over, the lesson asks itself. */
  opening: boolean;
  /** Gives away what is captured; the preview stops nothing of it any more. */
  handOver(): Prepared;
}

/**
 * Own camera and microphone before a lesson; whatever was not handed over is let go when the sheet closes. The
 * microphone is measured at once, so that one sees whether it works; `on` is whether it will be heard.
 */
export function usePreview(): Preview {
  const wishes = rememberedMedia() ?? DEFAULT_MEDIA;
  const [camera, setCamera] = useState<Previewed>(OFF);
  const [microphone, setMicrophone] = useState<Previewed>({ ...OFF, on: wishes.microphone });
  const [opening, setOpening] = useState(true);
  const held = useRef(new Set<MediaStreamTrack>());
  const gone = useRef(false);

  const open = async (kind: "camera" | "microphone"): Promise<Previewed> => {
    const { cameraId, microphoneId, size } = choices();
    try {
      const track = kind === "camera" ? await openCamera(cameraId, size) : await openMicrophone(microphoneId);
      if (gone.current) {
        track.stop();
        return OFF;
      }
      held.current.add(track);
      return { on: true, media: track, problem: null };
    } catch (error) {
      return { on: false, media: null, problem: error instanceof DeviceError ? error.problem : "unsupported" };
    }
  };

  const letGo = (track: MediaStreamTrack | null): void => {
    if (!track) return;
    held.current.delete(track);
    track.stop();
  };

  useEffect(() => {
    void (async () => {
      // One after the other: two questions of the browser at once would hide each other.
      if (wishes.camera) setCamera(await open("camera"));
      const heard = await open("microphone");
      setMicrophone((old) => ({ ...heard, on: old.on && heard.media !== null }));
      setOpening(false);
    })();
    return () => {
      gone.current = true;
      for (const track of held.current) track.stop();
    };
  }, []);

  return {
    camera,
    microphone,
    opening,
    async switchCamera(on) {
      letGo(camera.media);
      setCamera(on ? await open("camera") : OFF);
    },
    async switchMicrophone(on) {
      const heard = microphone.media ? { ...microphone, on } : await open("microphone");
      setMicrophone({ ...heard, on: on && heard.media !== null });
    },
    handOver() {
      held.current.clear();
      return { camera: camera.media, microphone: microphone.media, microphoneOn: microphone.on };
    },
  };
}
