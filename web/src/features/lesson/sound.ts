/** Two soft tones, to hear whether the speaker works. */
export async function playTestSound(speakerId: string): Promise<void> {
  const context = new AudioContext();
  const routable = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  if (speakerId) await routable.setSinkId?.(speakerId).catch(() => {});
  const begin = context.currentTime + 0.02;
  for (const [index, pitch] of [523.25, 783.99].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = begin + index * 0.22;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.2, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.42);
  }
  await new Promise((resolve) => setTimeout(resolve, 750));
  await context.close();
}
