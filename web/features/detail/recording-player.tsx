import { Download, Pause, Play } from "lucide-react";
import { type ComponentProps, useRef, useState } from "react";

/** Plays a call's recording: play and pause, a slider to seek, the file to download. */
export function RecordingPlayer({ url, durationSeconds }: { url: string; durationSeconds: number }) {
  const { audio, playing, failed, atSeconds, knownSeconds, toggle, seek } = useRecording();
  const lengthSeconds = knownSeconds ?? durationSeconds;
  return (
    <div className="flex items-center gap-3 rounded-xl border border-edge px-3 py-2.5">
      <audio {...audio} src={url} preload="none" />
      <PlayButton playing={playing} onToggle={toggle} />
      {failed ? (
        <p className="flex-1 text-ink-2">The recording can't be played here. Open it by the link.</p>
      ) : (
        <input
          type="range"
          aria-label="Position in the recording"
          min={0}
          max={Math.max(1, lengthSeconds)}
          step={1}
          value={atSeconds}
          onChange={({ currentTarget }) => seek(Number(currentTarget.value))}
          className="h-6 min-w-0 flex-1 accent-[var(--brand-solid)]"
        />
      )}
      <span className="type-caption figures whitespace-nowrap text-ink-3">
        <span className="text-ink">{clock(atSeconds)}</span> / {clock(lengthSeconds)}
      </span>
      <a
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        aria-label="Download the recording"
        title="Download the recording"
        className="inline-flex size-8 items-center justify-center rounded-lg text-ink-2 hover:bg-hover hover:text-ink"
      >
        <Download size={16} aria-hidden />
      </a>
    </div>
  );
}

function PlayButton({ playing, onToggle }: { playing: boolean; onToggle(): void }) {
  const Icon = playing ? Pause : Play;
  return (
    <button
      type="button"
      aria-label={playing ? "Pause the recording" : "Play the recording"}
      onClick={onToggle}
      className="inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-brand-solid text-white transition active:scale-95"
    >
      <Icon size={16} fill="currentColor" aria-hidden className={playing ? undefined : "ml-0.5"} />
    </button>
  );
}

/** The audio element's properties, and what it does now. The file is fetched when it is first played. */
function useRecording() {
  const ref = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const [atSeconds, setAtSeconds] = useState(0);
  const [knownSeconds, setKnownSeconds] = useState<number | null>(null);
  const audio: ComponentProps<"audio"> = {
    ref,
    onPlay: () => setPlaying(true),
    onPause: () => setPlaying(false),
    onError: () => setFailed(true),
    onTimeUpdate: ({ currentTarget }) => setAtSeconds(currentTarget.currentTime),
    onLoadedMetadata: ({ currentTarget: { duration } }) =>
      setKnownSeconds(Number.isFinite(duration) ? duration : null),
  };
  const toggle = () => {
    if (playing) ref.current?.pause();
    else ref.current?.play().catch(() => setFailed(true));
  };
  const seek = (seconds: number) => {
    setAtSeconds(seconds);
    if (ref.current) ref.current.currentTime = seconds;
  };
  return { audio, playing, failed, atSeconds, knownSeconds, toggle, seek };
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
