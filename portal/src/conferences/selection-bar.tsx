import { EllipsisVertical, Hand, Mic, MicOff, UserX, X } from "lucide-react";
import type { Participant } from "../api/resources";
import { Button, IconButton, Kbd } from "../design/button";
import { keyOf } from "../design/keys";
import { Menu, MenuItem, MenuSeparator } from "../design/overlays";
import type { SelectionState } from "../design/selection";
import { useText } from "../design/texts";
import { allMuted, type Groups, everyone, moderates } from "./participants";
import type { Actions } from "./use-actions";

interface SelectionBarProps {
  groups: Groups;
  /** Those in the room whom the search has left. */
  shown: Participant[];
  onKickAll: () => void;
  chosen: Participant[];
  selection: SelectionState;
  actions: Actions;
  onKick: (people: Participant[]) => void;
}

/** What is done with the chosen, or with all where nobody is. */
export function SelectionBar(props: SelectionBarProps) {
  const { groups, shown, chosen, selection, actions, onKick, onKickAll } = props;
  const t = useText();
  const ids = chosen.map((one) => one.id);
  const isAllMuted = allMuted(groups.joined);
  return (
    <div className="people-bar" role="toolbar" aria-label={t("design-selection")}>
      {ids.length > 0 ? (
        <>
          <b role="status">{t("design-selected", { count: ids.length })}</b>
          <Button small icon={MicOff} onPress={() => actions.mute(ids)}>
            {t("conferences-mute")} <Kbd>{keyOf("mute")}</Kbd>
          </Button>
          <Button small onPress={() => actions.unmute(ids)}>
            {t("conferences-unmute")} <Kbd>{keyOf("unmute")}</Kbd>
          </Button>
          <Button small variant="danger" onPress={() => onKick(chosen)}>
            {t("conferences-kick")}
          </Button>
          <span className="end">
            <IconButton
              small
              icon={X}
              label={t("design-clear-selection")}
              onPress={selection.clear}
            />
          </span>
        </>
      ) : (
        <>
          <b>{t("conferences-in-the-room-count", { count: groups.joined.length })}</b>
          <Button
            small
            variant="quiet"
            onPress={() => selection.replace(everyone(shown, selection.keys))}
          >
            {shown.length < groups.joined.length
              ? t("conferences-select-found", { count: shown.length })
              : t("conferences-select-all")}
          </Button>
          <Button
            small
            variant="quiet"
            className="end mute-all"
            onPress={() => (isAllMuted ? actions.unmute("all") : actions.mute("all"))}
          >
            {t(isAllMuted ? "conferences-unmute-all" : "conferences-mute-all")}{" "}
            {!isAllMuted && <Kbd>{keyOf("mute-all")}</Kbd>}
          </Button>
          <AllMenu joined={groups.joined} actions={actions} onKickAll={onKickAll} />
        </>
      )}
    </div>
  );
}

interface AllMenuProps {
  joined: Participant[];
  actions: Actions;
  onKickAll: () => void;
}

function AllMenu({ joined, actions, onKickAll }: AllMenuProps) {
  const t = useText();
  const hasPlain = joined.some((one) => !moderates(one));
  const hands = joined.filter((one) => one.hand_raised);
  return (
    <Menu
      label={t("conferences-all-actions")}
      trigger={<IconButton small icon={EllipsisVertical} label={t("conferences-all-actions")} />}
    >
      <MenuItem
        icon={MicOff}
        label={t("conferences-mute-all")}
        onAction={() => actions.mute("all")}
      />
      <MenuItem
        icon={Mic}
        label={t("conferences-unmute-all")}
        onAction={() => actions.unmute("all")}
      />
      <MenuItem
        icon={Hand}
        isDisabled={hands.length === 0}
        label={t("conferences-lower-hands", { count: hands.length })}
        onAction={() => actions.lowerHands(hands.map((one) => one.id))}
      />
      <MenuSeparator />
      <MenuItem
        danger
        icon={UserX}
        isDisabled={!hasPlain}
        label={t("conferences-kick-all")}
        onAction={onKickAll}
      />
    </Menu>
  );
}
