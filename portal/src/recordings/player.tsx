import { Download, Pause, Play, X } from "lucide-react";
import { type ComponentProps, type RefObject, useEffect, useRef, useState } from "react";
import type { Recording } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { serverNow } from "../design/hooks";
import { useText } from "../design/texts";
import { duration } from "../design/time";
import { audioOf, fileName, lengthOf } from "./queries";

const SPEEDS = [1, 1.25, 1.5, 2];

interface PlayerProps {
  recording: Recording;
  name: string;
  onClose: () => void;
}

/** What is heard: where it is, and what to do with it. */
function useSound(recording: Recording) {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [at, setAt] = useState(0);
  // Until the file says it, how long it was recorded is close.
  const [length, setLength] = useState(() => lengthOf(recording, serverNow()) / 1000);
  const [speed, setSpeed] = useState(1);
  useEffect(() => {
    if (audio.current) audio.current.playbackRate = speed;
  }, [speed]);
  const toggle = () => {
    const sound = audio.current;
    if (!sound) return;
    if (sound.paused) sound.play().catch(() => undefined);
    else sound.pause();
  };
  const seek = (to: number) => {
    setAt(to);
    if (audio.current) audio.current.currentTime = to;
  };
  /** What the element tells. */
  const told: ComponentProps<"audio"> = {
    onPlay: () => setPlaying(true),
    onPause: () => setPlaying(false),
    onTimeUpdate: (event) => setAt(event.currentTarget.currentTime),
    onDurationChange: (event) => {
      const { duration: seconds } = event.currentTarget;
      if (Number.isFinite(seconds) && seconds > 0) setLength(seconds);
    },
    onError: () => setBroken(true),
  };
  return { audio, told, state: { isPlaying, isBroken, at, length, speed }, toggle, seek, setSpeed };
}

/** Plays a recording at the bottom of the page, while its reader goes on looking. */
export function Player({ recording, name, onClose }: PlayerProps) {
  const t = useText();
  const play = useRef<HTMLButtonElement>(null);
  const { audio, told, state, toggle, seek, setSpeed } = useSound(recording);
  const { isPlaying, isBroken, at, length, speed } = state;
  useFocusWhileOpen(play);
  return (
    <section className="player" aria-label={t("recordings-player")}>
      <audio ref={audio} src={audioOf(recording)} autoPlay preload="auto" {...told} />
      <IconButton
        ref={play}
        variant="primary"
        icon={isPlaying ? Pause : Play}
        label={t(isPlaying ? "recordings-pause" : "recordings-play")}
        isDisabled={isBroken}
        onPress={toggle}
      />
      <div className="player-middle">
        <span className="truncate strong">{name}</span>
        {isBroken ? (
          <span className="bad-text" role="alert">
            {t("recordings-cannot-play")}
          </span>
        ) : (
          <Position at={at} length={length} onSeek={seek} />
        )}
      </div>
      <span className="player-time dim nowrap" aria-hidden>
        {duration(at * 1000)} / {duration(length * 1000)}
      </span>
      <SpeedButton speed={speed} onChange={setSpeed} />
      <DownloadLink recording={recording} />
      <IconButton small icon={X} label={t("recordings-close-player")} onPress={onClose} />
    </section>
  );
}

/** Takes the focus, and gives it back: whoever closes it goes on where they were. */
function useFocusWhileOpen(element: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const before = document.activeElement;
    element.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [element]);
}

interface PositionProps {
  /** In seconds, like the length. */
  at: number;
  length: number;
  onSeek: (to: number) => void;
}

function Position({ at, length, onSeek }: PositionProps) {
  const t = useText();
  const words = { at: duration(at * 1000), length: duration(length * 1000) };
  return (
    <input
      type="range"
      min={0}
      max={Math.max(1, Math.round(length))}
      step={1}
      value={Math.min(Math.round(at), Math.round(length))}
      aria-label={t("recordings-position")}
      aria-valuetext={t("recordings-position-is", words)}
      onChange={(event) => onSeek(Number(event.currentTarget.value))}
    />
  );
}

interface SpeedButtonProps {
  speed: number;
  onChange: (speed: number) => void;
}

function SpeedButton({ speed, onChange }: SpeedButtonProps) {
  const t = useText();
  return (
    <Button
      small
      variant="quiet"
      aria-label={t("recordings-speed", { speed })}
      onPress={() => onChange(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
    >
      {speed}×
    </Button>
  );
}

function DownloadLink({ recording }: { recording: Recording }) {
  const t = useText();
  return (
    <a
      className="button icon quiet small"
      href={audioOf(recording)}
      download={fileName(recording)}
      aria-label={t("recordings-download")}
      title={t("recordings-download")}
    >
      <Download aria-hidden />
    </a>
  );
}
