import { Check, EllipsisVertical, Hand, Mic, MicOff, UserX } from "lucide-react";
import { memo } from "react";
import type { Participant } from "../api/resources";
import { IconButton } from "../design/button";
import { Avatar, Pill } from "../design/display";
import { Checkbox } from "../design/checkbox";
import { Menu, MenuItem } from "../design/overlays";
import { useText } from "../design/texts";
import { Clock } from "../design/time";
import { type Bars, bars, isCutOff, nameOf } from "./participants";
import type { Actions } from "./use-actions";

interface OneProps {
  one: Participant;
  isSelected: boolean;
  /** Its controls are reached by Tab only from the row that has the focus. */
  isActive: boolean;
  /** None: the reader only watches. */
  onToggle: ((id: string) => void) | undefined;
  actions: Actions;
  onKick: (people: Participant[]) => void;
}

function classes(base: string, one: Participant, isSelected: boolean): string {
  const parts = [base];
  if (one.talking && !one.muted) parts.push("talking");
  if (one.muted) parts.push("muted");
  if (isSelected) parts.push("selected");
  return parts.join(" ");
}

/** One of a few. */
export const Tile = memo(function Tile(props: OneProps) {
  const { one, isSelected, isActive, onToggle, actions, onKick } = props;
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  return (
    <div role="gridcell" className={classes("tile", one, isSelected)}>
      {onToggle && (
        <div className="tile-top">
          <Checkbox
            aria-label={t("design-select-row", { name })}
            isSelected={isSelected}
            onChange={() => onToggle(one.id)}
            excludeFromTabOrder={!isActive}
          />
          <PersonMenu one={one} isActive={isActive} actions={actions} onKick={onKick} />
        </div>
      )}
      <div className="tile-face">
        <Avatar name={one.name} size="large" />
        {one.hand_raised && <HandMark />}
      </div>
      <div className="tile-name">
        <span className="name truncate">{name}</span>
        <Under one={one} />
      </div>
      <div className="tile-foot">
        <State one={one} />
        <span className="spacer" />
        {one.joined_at && (
          <span className="dim small">
            <Clock since={one.joined_at} />
          </span>
        )}
        <Network one={one} />
        {onToggle && <MuteButton one={one} isActive={isActive} actions={actions} />}
      </div>
    </div>
  );
});

/** One of many. */
export const Row = memo(function Row(props: OneProps) {
  const { one, isSelected, isActive, onToggle, actions, onKick } = props;
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  return (
    <div role="gridcell" className={classes("person-row", one, isSelected)}>
      {onToggle && (
        <Checkbox
          aria-label={t("design-select-row", { name })}
          isSelected={isSelected}
          onChange={() => onToggle(one.id)}
          excludeFromTabOrder={!isActive}
        />
      )}
      <div className="tile-face">
        <Avatar name={one.name} />
        {one.hand_raised && <HandMark />}
      </div>
      <div className="row-name">
        <span className="name truncate">{name}</span>
        <Under one={one} />
      </div>
      <State one={one} />
      <span className="joined dim small">{one.joined_at && <Clock since={one.joined_at} />}</span>
      <Network one={one} />
      {onToggle && <MuteButton one={one} isActive={isActive} actions={actions} />}
      {onToggle && <PersonMenu one={one} isActive={isActive} actions={actions} onKick={onKick} />}
    </div>
  );
});

function Under({ one }: { one: Participant }) {
  const t = useText();
  return (
    <span className="under">
      {one.name && one.name !== one.target && <span className="truncate">{one.target}</span>}
      {one.role !== "participant" && (
        <Pill tone="outline">{t(`conferences-role-${one.role}`)}</Pill>
      )}
    </span>
  );
}

function HandMark() {
  const t = useText();
  return (
    <span className="hand" role="img" aria-label={t("conferences-hand")}>
      <Hand aria-hidden />
    </span>
  );
}

/** What somebody in the room does; of a phone that is dead that it is, or it seems to listen. */
export function State({ one }: { one: Participant }) {
  const t = useText();
  const isDead = one.quality !== null && isCutOff(one.quality);
  const state = isDead ? "cut-off" : one.muted ? "muted" : one.talking ? "talking" : "listening";
  return <span className={`state ${state}`}>{t(`conferences-is-${state}`)}</span>;
}

type ControlProps = Pick<OneProps, "one" | "isActive" | "actions">;

function MuteButton({ one, isActive, actions }: ControlProps) {
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  return (
    <IconButton
      small
      excludeFromTabOrder={!isActive}
      className="mute-button"
      variant={one.muted ? "danger" : "quiet"}
      icon={one.muted ? MicOff : Mic}
      label={t(one.muted ? "conferences-unmute-one" : "conferences-mute-one", { name })}
      onPress={() => (one.muted ? actions.unmute([one.id]) : actions.mute([one.id]))}
    />
  );
}

function PersonMenu({ one, isActive, actions, onKick }: ControlProps & Pick<OneProps, "onKick">) {
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  const label = t("design-row-menu", { name });
  return (
    <Menu
      label={label}
      trigger={
        <IconButton small icon={EllipsisVertical} label={label} excludeFromTabOrder={!isActive} />
      }
    >
      <MenuItem
        icon={one.muted ? Mic : MicOff}
        label={t(one.muted ? "conferences-unmute" : "conferences-mute")}
        onAction={() => (one.muted ? actions.unmute([one.id]) : actions.mute([one.id]))}
      />
      {one.hand_raised && (
        <MenuItem
          icon={Check}
          label={t("conferences-lower-hand")}
          onAction={() => actions.lowerHands([one.id])}
        />
      )}
      <MenuItem danger icon={UserX} label={t("conferences-kick")} onAction={() => onKick([one])} />
    </Menu>
  );
}

const HEIGHTS: Bars[] = [1, 2, 3, 4];
const WORDS: Record<Bars, string> = { 4: "good", 3: "fair", 2: "poor", 1: "bad" };

/** The network as bars, with its figures for those who ask. */
export function Network({ one }: { one: Participant }) {
  const t = useText();
  const { quality } = one;
  if (quality === null) return <span className="network" aria-hidden />;
  const level = bars(quality);
  const label = isCutOff(quality)
    ? t("conferences-network-nothing")
    : t("conferences-network", {
        word: t(`conferences-network-${WORDS[level]}`),
        loss: quality.loss_percent.toFixed(1),
        jitter: Math.round(quality.jitter_ms),
      });
  return (
    <span className={`network level-${String(level)}`} role="img" aria-label={label} title={label}>
      {HEIGHTS.map((height) => (
        <i key={height} className={height <= level ? "on" : ""} />
      ))}
    </span>
  );
}
