import type { Presence } from "../api/resources";
import { Pill, type Tone } from "../design/display";
import { useText } from "../design/texts";
import "./texts";

const tones: Record<Presence, Tone> = {
  available: "ok",
  ringing: "warn",
  on_call: "bad",
  do_not_disturb: "bad",
  offline: "idle",
  disabled: "outline",
};

export const presences = Object.keys(tones) as Presence[];

/** What a person is doing now, in a word. */
export function PresencePill({ state }: { state: Presence }) {
  const t = useText();
  return (
    <Pill tone={tones[state]} point={state !== "disabled"}>
      {t(`users-state-${state}`)}
    </Pill>
  );
}
