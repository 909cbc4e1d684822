import { useEffect, useMemo, useState } from "react";
import type { Participant, Room } from "../api/resources";
import { useSelection } from "../design/selection";
import { useText } from "../design/texts";
import { type Groups, foundIn, moderates } from "./participants";
import { People } from "./people";
import type { Actions } from "./use-actions";
import { SelectionBar } from "./selection-bar";

/** Who of those in the room is found and who is chosen. */
export function useChoice(joined: Participant[]) {
  const selection = useSelection();
  const [find, setFind] = useState("");
  const shown = useMemo(() => foundIn(joined, find), [joined, find]);
  const { keys, replace } = selection;
  // Who has left cannot be acted on any more.
  const chosen = joined.filter((one) => keys.has(one.id));
  useEffect(() => {
    const still = joined.filter((one) => keys.has(one.id)).map((one) => one.id);
    if (still.length !== keys.size) replace(still);
  }, [joined, keys, replace]);
  return { selection, find, setFind, shown, chosen, ids: chosen.map((one) => one.id) };
}

interface InTheRoomProps {
  room: Room;
  groups: Groups;
  choice: ReturnType<typeof useChoice>;
  canModerate: boolean;
  actions: Actions;
  onKick: (people: Participant[], isAll?: boolean) => void;
}

/** Those in the room, with what is done with them. */
export function InTheRoom({ room, groups, choice, canModerate, actions, onKick }: InTheRoomProps) {
  const t = useText();
  const { selection, find, setFind, shown, chosen } = choice;
  const plain = groups.joined.filter((one) => !moderates(one));
  return (
    <section className="people-card" aria-label={t("conferences-in-the-room")}>
      {canModerate && groups.joined.length > 0 && (
        <SelectionBar
          groups={groups}
          shown={shown}
          chosen={chosen}
          selection={selection}
          actions={actions}
          onKick={onKick}
          onKickAll={() => onKick(plain, true)}
        />
      )}
      {groups.joined.length === 0 ? (
        <p className="nobody dim">{t("conferences-nobody-yet", { number: room.number })}</p>
      ) : (
        <People
          people={shown}
          count={groups.joined.length}
          find={find}
          onFind={setFind}
          selection={canModerate ? selection : undefined}
          actions={actions}
          onKick={onKick}
        />
      )}
    </section>
  );
}
