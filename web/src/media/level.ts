/** Loudness of a captured microphone. */

let context: AudioContext | null = null;

/** Measures a microphone; `read` gives 0 (silence) to 1 (very loud), about logarithmic, as an ear would. */
export class LevelMeter {
  private readonly source: MediaStreamAudioSourceNode;
  private readonly analyser: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume();
    this.source = context.createMediaStreamSource(new MediaStream([track]));
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source.connect(this.analyser);
  }

  read(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return loudness(Math.sqrt(sum / this.samples.length));
  }

  /** False until the browser lets audio run (it waits for a first press). */
  get running(): boolean {
    return context?.state === "running";
  }

  close(): void {
    this.source.disconnect();
  }
}

/** -60 dB and below is 0, -10 dB and above is 1. */
export function loudness(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
