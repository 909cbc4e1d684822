import { Phone, PhoneOff, UserCheck, UserX } from "lucide-react";
import { memo, useMemo, useState } from "react";
import type { Participant } from "../api/resources";
import { Button, IconButton, LinkButton } from "../design/button";
import { Avatar, Pill, type Tone } from "../design/display";
import { useText, useTextOr } from "../design/texts";
import { Seconds, timeOfDay } from "../design/time";
import { nameOf } from "./participants";
import type { Actions } from "./use-actions";

/** When a thousand are called at once, the first stand for all. */
const SOME = 24;
const MORE = 100;

interface LobbyProps {
  people: Participant[];
  actions: Actions;
  canModerate: boolean;
  onKick: (people: Participant[]) => void;
}

/** Those who wait to be let in: first, because somebody stands at the door. */
export function Lobby({ people, actions, canModerate, onKick }: LobbyProps) {
  const t = useText();
  const [shown, more] = useSome(people);
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
        {shown.map((one) => {
          const name = nameOf(one) || t("conferences-withheld");
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
      <Rest count={people.length - shown.length} onMore={more} />
    </section>
  );
}

/** As many as fit beside what is more important, and more when asked. */
function useSome(people: Participant[]): [Participant[], () => void] {
  const [most, setMost] = useState(SOME);
  return [people.slice(0, most), () => setMost(most + MORE)];
}

function Rest({ count, onMore }: { count: number; onMore: () => void }) {
  const t = useText();
  if (count <= 0) return null;
  return (
    <p className="rest">
      {t("conferences-history-more", { count })}{" "}
      <LinkButton onPress={onMore}>{t("conferences-history-load")}</LinkButton>
    </p>
  );
}

/** Whom a button is for, for those who do not see the row that it is in. */
function Whose({ name }: { name: string }) {
  return <span className="visually-hidden"> {name}</span>;
}

function Who({ one }: { one: Participant }) {
  const t = useText();
  return (
    <>
      <Avatar name={one.name} />
      <div className="who">
        <span className="name">{nameOf(one) || t("conferences-withheld")}</span>
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
  pending: ReadonlySet<string>;
  canModerate: boolean;
}

/** Those who are being called, and those who did not come or have left. */
export function Absent({ called, gone, actions, pending, canModerate }: AbsentProps) {
  const t = useText();
  const all = useMemo(() => [...called, ...gone], [called, gone]);
  const [shown, more] = useSome(all);
  if (called.length + gone.length === 0) return null;
  const missed = gone.filter(
    (one) => one.target !== "" && (one.state === "busy" || one.state === "no_answer"),
  );
  return (
    <section className="absent">
      <div className="spread">
        <h2>
          {t("conferences-not-connected")}
          {called.length > 1 && (
            <span className="dim">
              {" "}
              · {t("conferences-being-called", { count: called.length })}
            </span>
          )}
        </h2>
        {canModerate && missed.length > 1 && (
          <Button
            small
            icon={Phone}
            isPending={pending.has("invite")}
            onPress={() => void actions.invite(missed)}
          >
            {t("conferences-call-all-again", { count: missed.length })}
          </Button>
        )}
      </div>
      <ul>
        {shown.map((one) => (
          <AbsentRow
            key={one.id}
            one={one}
            actions={actions}
            isPending={pending.has(`invite ${one.target}`) || pending.has(`kick ${one.id}`)}
            canModerate={canModerate}
          />
        ))}
      </ul>
      <Rest count={all.length - shown.length} onMore={more} />
    </section>
  );
}

interface AbsentRowProps {
  one: Participant;
  actions: Actions;
  isPending: boolean;
  canModerate: boolean;
}

const AbsentRow = memo(function AbsentRow(props: AbsentRowProps) {
  const { one, actions, isPending, canModerate } = props;
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  const rings = one.state === "calling" || one.state === "ringing";
  return (
    <li>
      <Who one={one} />
      <Fate one={one} />
      {canModerate && rings && (
        <Button
          small
          icon={PhoneOff}
          isPending={isPending}
          onPress={() => void actions.kick([one.id], 0)}
        >
          {t("conferences-stop")}
          <Whose name={name} />
        </Button>
      )}
      {/* Who withholds the number cannot be called. */}
      {canModerate && !rings && one.target !== "" && (
        <Button small icon={Phone} isPending={isPending} onPress={() => void actions.invite([one])}>
          {t("conferences-call-again")}
          <Whose name={name} />
        </Button>
      )}
    </li>
  );
});
