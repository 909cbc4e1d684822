import { Download, Pause, Play, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
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

/** Plays a recording at the bottom of the page, while its reader goes on looking. */
export function Player({ recording, name, onClose }: PlayerProps) {
  const t = useText();
  const audio = useRef<HTMLAudioElement>(null);
  const play = useRef<HTMLButtonElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [at, setAt] = useState(0);
  // Until the file says it, how long it was recorded is close.
  const [length, setLength] = useState(() => lengthOf(recording, serverNow()) / 1000);
  const [speed, setSpeed] = useState(1);
  useEffect(() => {
    const before = document.activeElement;
    play.current?.focus();
    // Whoever closes it goes on where they were.
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useEffect(() => {
    if (audio.current) audio.current.playbackRate = speed;
  }, [speed]);
  const toggle = () => {
    const sound = audio.current;
    if (!sound) return;
    if (sound.paused) sound.play().catch(() => undefined);
    else sound.pause();
  };
  const words = { at: duration(at * 1000), length: duration(length * 1000) };
  return (
    <section className="player" aria-label={t("recordings-player")}>
      <audio
        ref={audio}
        src={audioOf(recording)}
        autoPlay
        preload="auto"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onDurationChange={(event) => {
          const { duration: told } = event.currentTarget;
          if (Number.isFinite(told) && told > 0) setLength(told);
        }}
        onError={() => setBroken(true)}
      />
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
          <input
            type="range"
            min={0}
            max={Math.max(1, Math.round(length))}
            step={1}
            value={Math.min(Math.round(at), Math.round(length))}
            aria-label={t("recordings-position")}
            aria-valuetext={t("recordings-position-is", words)}
            onChange={(event) => {
              const to = Number(event.currentTarget.value);
              setAt(to);
              if (audio.current) audio.current.currentTime = to;
            }}
          />
        )}
      </div>
      <span className="player-time dim nowrap" aria-hidden>
        {words.at} / {words.length}
      </span>
      <Button
        small
        variant="quiet"
        aria-label={t("recordings-speed", { speed })}
        onPress={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
      >
        {speed}×
      </Button>
      <a
        className="button icon quiet small"
        href={audioOf(recording)}
        download={fileName(recording)}
        aria-label={t("recordings-download")}
        title={t("recordings-download")}
      >
        <Download aria-hidden />
      </a>
      <IconButton small icon={X} label={t("recordings-close-player")} onPress={onClose} />
    </section>
  );
}
