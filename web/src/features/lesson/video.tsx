import { useEffect, useRef } from "preact/hooks";

interface VideoProps {
  track: MediaStreamTrack | null;
  mirrored?: boolean;
  /** Show all of it (a screen), instead of filling the box (a face). */
  whole?: boolean;
  onSize?: (width: number, height: number) => void;
}

/** A picture without sound. While `track` is null the last one stays, so that a lost connection does not blacken tiles. */
export function Video({ track, mirrored, whole, onSize }: VideoProps) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element || !track) return;
    element.srcObject = new MediaStream([track]);
    void element.play().catch(() => {});
  }, [track]);
  useEffect(
    () => () => {
      if (ref.current) ref.current.srcObject = null;
    },
    [],
  );
  const names = ["video"];
  if (mirrored) names.push("mirrored");
  if (whole) names.push("whole");
  return (
    <video
      ref={ref}
      class={names.join(" ")}
      muted
      autoPlay
      playsInline
      disablePictureInPicture
      aria-hidden="true"
      tabIndex={-1}
      onResize={(event) => onSize?.(event.currentTarget.videoWidth, event.currentTarget.videoHeight)}
    />
  );
}
