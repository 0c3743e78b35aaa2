const HERTZ = 660;
const SECONDS = 0.12;
const LOUDNESS = 0.05;

/** A short quiet tone for what is not in front. Off until somebody turns it on, on this page. */
export class Sound {
  isOn = false;

  play(): void {
    if (!this.isOn) {
      return;
    }
    const audio = (this._audio ??= new AudioContext());
    const gain = audio.createGain();
    gain.gain.setValueAtTime(LOUDNESS, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + SECONDS);
    const tone = audio.createOscillator();
    tone.frequency.value = HERTZ;
    tone.connect(gain).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + SECONDS);
  }

  private _audio: AudioContext | null = null;
}
