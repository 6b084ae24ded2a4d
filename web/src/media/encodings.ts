/** What a camera and a screen are encoded as. */

export interface Encoding {
  scaleResolutionDownBy?: number;
  maxBitrate: number;
  scalabilityMode?: string;
}

/** Enough for talking heads at 24 frames a second, VP8, by picture height. */
function bitrate(height: number): number {
  if (height <= 120) return 80_000;
  if (height <= 200) return 150_000;
  if (height <= 400) return 500_000;
  if (height <= 560) return 900_000;
  return 1_500_000;
}

/**
 * Simulcast layers of a camera that captures `height` lines, smallest first. The browser drops layers by itself
 * below these heights, so asking for more would only make empty ones.
 */
export function cameraEncodings(height: number, codec = "video/VP8"): Encoding[] {
  const scales = height >= 540 ? [4, 2, 1] : height >= 360 ? [2, 1] : [1];
  // VP8 has temporal layers by itself; the newer codecs take several encodings for one stream unless they are told.
  const mode = codec === "video/VP9" || codec === "video/AV1" ? { scalabilityMode: "L1T3" } : {};
  return scales.map((scale) => ({ scaleResolutionDownBy: scale, maxBitrate: bitrate(height / scale), ...mode }));
}

/**
 * A screen is one picture size: text is worth all the bits there are. Temporal layers let a thin line have fewer
 * pictures a second of it instead of none.
 */
export function screenEncodings(): Encoding[] {
  return [{ maxBitrate: 2_500_000, scalabilityMode: "L1T3" }];
}
