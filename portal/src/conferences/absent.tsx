import { Phone, PhoneOff, UserCheck, UserX } from "lucide-react";
import type { Participant } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { Avatar, Pill, type Tone } from "../design/display";
import { useText, useTextOr } from "../design/texts";
import { Seconds, timeOfDay } from "../design/time";
import type { Actions } from "./use-actions";

interface LobbyProps {
  people: Participant[];
  actions: Actions;
  canModerate: boolean;
  onKick: (people: Participant[]) => void;
}

/** Those who wait to be let in: first, because somebody stands at the door. */
export function Lobby({ people, actions, canModerate, onKick }: LobbyProps) {
  const t = useText();
  if (people.length === 0) return null;
  return (
    <section className="absent lobby">
      <div className="spread">
        <h2>{t("conferences-lobby-count", { count: people.length })}</h2>
        {canModerate && people.length > 1 && (
          <Button
            small
            variant="primary"
            onPress={() => actions.admit(people.map((one) => one.id))}
          >
            {t("conferences-admit-all")}
          </Button>
        )}
      </div>
      <ul>
        {people.map((one) => {
          const name = one.name || one.target;
          return (
            <li key={one.id}>
              <Who one={one} />
              <Pill tone="warn" bare>
                {t("conferences-waiting")} <Seconds since={one.since} />
              </Pill>
              {canModerate && (
                <>
                  <Button
                    small
                    variant="primary"
                    icon={UserCheck}
                    onPress={() => actions.admit([one.id])}
                  >
                    {t("conferences-admit")}
                    <Whose name={name} />
                  </Button>
                  <IconButton
                    small
                    icon={UserX}
                    label={t("conferences-turn-away", { name })}
                    onPress={() => onKick([one])}
                  />
                </>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Whom a button is for, for those who do not see the row that it is in. */
function Whose({ name }: { name: string }) {
  return <span className="visually-hidden"> {name}</span>;
}

function Who({ one }: { one: Participant }) {
  return (
    <>
      <Avatar name={one.name} />
      <div className="who">
        <span className="name">{one.name || one.target}</span>
        {one.name && one.name !== one.target && <span className="under">{one.target}</span>}
      </div>
    </>
  );
}

const TONES: Partial<Record<Participant["state"], Tone>> = {
  calling: "warn",
  ringing: "warn",
  busy: "bad",
  no_answer: "bad",
  failed: "bad",
  kicked: "bad",
  left: "idle",
};

/** What became of a call, in words. */
function Fate({ one }: { one: Participant }) {
  const t = useText();
  const textOr = useTextOr();
  const tone = TONES[one.state] ?? "idle";
  const counts = one.state === "calling" || one.state === "ringing";
  const reason = one.reason
    ? textOr(`conferences-reason-${one.reason.replaceAll("_", "-")}`, one.reason)
    : "";
  return (
    <span className="fate">
      <Pill tone={tone} bare>
        {t(`conferences-fate-${one.state.replaceAll("_", "-")}`)}{" "}
        {counts ? <Seconds since={one.since} /> : timeOfDay(one.since)}
      </Pill>
      {reason && <span className="dim small">{reason}</span>}
    </span>
  );
}

interface AbsentProps {
  called: Participant[];
  gone: Participant[];
  actions: Actions;
  canModerate: boolean;
}

/** Those who are being called, and those who did not come or have left. */
export function Absent({ called, gone, actions, canModerate }: AbsentProps) {
  const t = useText();
  if (called.length + gone.length === 0) return null;
  const missed = gone.filter((one) => one.state === "busy" || one.state === "no_answer");
  return (
    <section className="absent">
      <div className="spread">
        <h2>{t("conferences-not-connected")}</h2>
        {canModerate && missed.length > 1 && (
          <Button
            small
            icon={Phone}
            onPress={() => void actions.invite(missed.map((one) => one.target))}
          >
            {t("conferences-call-all-again", { count: missed.length })}
          </Button>
        )}
      </div>
      <ul>
        {[...called, ...gone].map((one) => {
          const name = one.name || one.target;
          const rings = one.state === "calling" || one.state === "ringing";
          return (
            <li key={one.id}>
              <Who one={one} />
              <Fate one={one} />
              {canModerate &&
                (rings ? (
                  <Button small icon={PhoneOff} onPress={() => void actions.kick([one.id], 0)}>
                    {t("conferences-stop")}
                    <Whose name={name} />
                  </Button>
                ) : (
                  <Button small icon={Phone} onPress={() => void actions.invite([one.target])}>
                    {t("conferences-call-again")}
                    <Whose name={name} />
                  </Button>
                ))}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
