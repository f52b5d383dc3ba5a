import { Download, Pause, Play } from "lucide-react";
import { useRef, useState } from "react";

/** Plays a call's recording: play and pause, a slider to seek, the file to download. */
export function RecordingPlayer({ url, durationSeconds }: { url: string; durationSeconds: number }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const [atSeconds, setAtSeconds] = useState(0);
  const [knownSeconds, setKnownSeconds] = useState<number | null>(null);
  const lengthSeconds = knownSeconds ?? durationSeconds;
  const toggle = () => {
    if (playing) audio.current?.pause();
    else audio.current?.play().catch(() => setFailed(true));
  };
  const seek = (seconds: number) => {
    setAtSeconds(seconds);
    if (audio.current) audio.current.currentTime = seconds;
  };

  return (
    <div className="flex items-center gap-3 rounded-xl border border-edge px-3 py-2.5">
      {/* biome-ignore lint/a11y/useMediaCaption: the transcript below is the caption */}
      <audio
        ref={audio}
        src={url}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onError={() => setFailed(true)}
        onTimeUpdate={({ currentTarget }) => setAtSeconds(currentTarget.currentTime)}
        onLoadedMetadata={({ currentTarget }) =>
          setKnownSeconds(Number.isFinite(currentTarget.duration) ? currentTarget.duration : null)
        }
      />
      <button
        type="button"
        aria-label={playing ? "Pause the recording" : "Play the recording"}
        onClick={toggle}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-brand-solid text-white transition active:scale-95"
      >
        {playing ? (
          <Pause size={16} fill="currentColor" aria-hidden />
        ) : (
          <Play size={16} fill="currentColor" aria-hidden className="ml-0.5" />
        )}
      </button>
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

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
