import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import type { PhoneBookEntry } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { Avatar, ProgressBar } from "../design/display";
import { Dialog } from "../design/overlays";
import { useText, useTextOr } from "../design/texts";
import { type Invitee, added, isExternal } from "./invitees";
import { reachQuery } from "./queries";
import { AddBox } from "./add-box";
import { Picker } from "./invite-picker";
import { ASKED, why } from "./reach";
import "./invite.css";

interface InviteDialogProps {
  title: string;
  /** How many places there are for those already there and those chosen here. */
  limit: number;
  /** Already on the list or in the room. */
  taken: { target: string }[];
  host: string | undefined;
  customerId: string;
  /** Whose lines and rules the calls go by. */
  roomId: string;
  action: (count: number) => string;
  onDone: (chosen: Invitee[]) => void | Promise<void>;
  onClose: () => void;
}

/** Tick people, or type numbers, and see how many of how many. */
export default function InviteDialog(props: InviteDialogProps) {
  const t = useText();
  const { limit, taken, host } = props;
  const [isSending, setSending] = useState(false);
  const { there, chosen, adding, setAdding, put, takeOff, tick } = useInvitees(taken, host);
  const count = taken.length + chosen.length;
  const full = count >= limit;
  const done = async () => {
    setSending(true);
    await props.onDone(chosen);
    setSending(false);
  };
  return (
    <Dialog
      wide
      isOpen
      isDirty={chosen.length > 0 || adding.target !== ""}
      onClose={props.onClose}
      title={props.title}
      footer={
        <>
          <Places count={count} limit={limit} />
          <Button onPress={props.onClose}>{t("design-cancel")}</Button>
          <Button
            variant="primary"
            isDisabled={chosen.length === 0 || count > limit}
            isPending={isSending}
            onPress={() => void done()}
          >
            {props.action(chosen.length)}
          </Button>
        </>
      }
    >
      <div className="invite">
        <Picker
          customerId={props.customerId}
          there={there}
          chosen={chosen}
          isFull={full}
          onTick={tick}
        />
        <div className="invite-side">
          <AddBox
            value={adding}
            onChange={setAdding}
            roomId={props.roomId}
            there={there}
            isFull={full}
            onAdd={put}
          />
          <OnTheList chosen={chosen} roomId={props.roomId} onTakeOff={takeOff} />
        </div>
      </div>
    </Dialog>
  );
}

/** Who is chosen, and who waits in the box to be. */
function useInvitees(taken: { target: string }[], host: string | undefined) {
  const [chosen, setChosen] = useState<Invitee[]>([]);
  const [adding, setAdding] = useState<Invitee>({ target: "", name: "" });
  const there = new Set(taken.map((one) => one.target));
  if (host !== undefined) there.add(host);
  const put = (one: Invitee) => {
    if (!there.has(one.target)) setChosen((before) => added(before, [one], host));
  };
  const takeOff = (target: string) =>
    setChosen((before) => before.filter((one) => one.target !== target));
  const tick = (entry: PhoneBookEntry) => {
    const known = chosen.find((one) => isOf(one, entry));
    if (known) {
      takeOff(known.target);
      return;
    }
    const { id, target, name } = entry;
    // An outside number waits in the box, where the dial prefix can be put before it; one
    // that waits there already goes onto the list as it is.
    if (entry.kind === "contact" && isExternal(target)) {
      if (adding.name !== "" && adding.entry !== id) put(adding);
      setAdding({ target, name, entry: id });
    } else {
      put({ target, name, entry: id });
    }
  };
  return { there, chosen, adding, setAdding, put, takeOff, tick };
}

function Places({ count, limit }: { count: number; limit: number }) {
  const t = useText();
  return (
    <div className="start invite-count">
      <ProgressBar
        label={t("conferences-places")}
        value={count}
        max={limit}
        warn={count >= limit}
      />
      <span role="status">{t("conferences-of", { count, limit })}</span>
    </div>
  );
}

/** Why which of the chosen cannot be reached. */
function useShut(chosen: Invitee[], roomId: string): ReadonlyMap<string, string> {
  const textOr = useTextOr();
  const reached = useQuery(
    reachQuery(
      roomId,
      chosen.slice(0, ASKED).map((one) => one.target),
    ),
  );
  return new Map(
    (reached.data?.items ?? []).flatMap((one) =>
      one.reachable ? [] : [[one.target, why(one.reason, textOr)] as const],
    ),
  );
}

interface OnTheListProps {
  chosen: Invitee[];
  roomId: string;
  onTakeOff: (target: string) => void;
}

function OnTheList({ chosen, roomId, onTakeOff }: OnTheListProps) {
  const t = useText();
  const shut = useShut(chosen, roomId);
  return (
    <section aria-label={t("conferences-on-the-list")} className="chosen">
      <h3>{t("conferences-on-the-list-count", { count: chosen.length })}</h3>
      {chosen.length === 0 ? (
        <p className="dim small">{t("conferences-on-the-list-none")}</p>
      ) : (
        <ul>
          {chosen.map((one) => (
            <li key={one.target}>
              <Avatar name={one.name} size="small" />
              <div className="who">
                <span className="name truncate">{one.name || one.target}</span>
                {one.name && <span className="under">{one.target}</span>}
                {shut.has(one.target) && (
                  <span className="bad-text small">{shut.get(one.target)}</span>
                )}
              </div>
              <IconButton
                small
                icon={X}
                label={t("conferences-take-off", { name: one.name || one.target })}
                onPress={() => onTakeOff(one.target)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Whether somebody on the list was taken from this entry, with a prefix or without. */
function isOf(one: Invitee, entry: PhoneBookEntry): boolean {
  return one.target === entry.target || one.entry === entry.id;
}
