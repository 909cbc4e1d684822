import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { Check, EllipsisVertical, Hand, Mic, MicOff, UserX } from "lucide-react";
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Participant } from "../api/resources";
import { IconButton } from "../design/button";
import { Avatar, Pill } from "../design/display";
import { Checkbox, SearchField } from "../design/fields";
import { useNarrow } from "../design/hooks";
import { Menu, MenuItem } from "../design/overlays";
import type { SelectionState } from "../design/selection";
import { useText } from "../design/texts";
import { Clock } from "../design/time";
import { type Bars, bars } from "./participants";
import type { Actions } from "./use-actions";

/** More than these are rows. */
const TILES = 12;

interface PeopleProps {
  people: Participant[];
  /** None: the reader only watches. */
  selection: SelectionState | undefined;
  actions: Actions;
  onKick: (people: Participant[]) => void;
}

/** Who is in the room: tiles for a few, rows for many and on a phone. */
export function People(props: PeopleProps) {
  const t = useText();
  const narrow = useNarrow();
  const [typed, setTyped] = useState("");
  const many = props.people.length > TILES;
  const words = typed.trim().toLowerCase();
  const shown =
    many && words
      ? props.people.filter((one) => `${one.name} ${one.target}`.toLowerCase().includes(words))
      : props.people;
  return (
    <>
      {many && (
        <div className="people-search">
          <SearchField label={t("conferences-find")} value={typed} onChange={setTyped} />
        </div>
      )}
      {many || narrow ? <Rows {...props} people={shown} /> : <Tiles {...props} people={shown} />}
    </>
  );
}

interface OneProps {
  one: Participant;
  isSelected: boolean;
  selection: SelectionState | undefined;
  actions: Actions;
  onKick: (people: Participant[]) => void;
}

function Tiles({ people, selection, actions, onKick }: PeopleProps) {
  return (
    <ul className="tiles">
      {people.map((one) => (
        <Tile
          key={one.id}
          one={one}
          isSelected={selection?.keys.has(one.id) ?? false}
          selection={selection}
          actions={actions}
          onKick={onKick}
        />
      ))}
    </ul>
  );
}

function Rows({ people, selection, actions, onKick }: PeopleProps) {
  const list = useRef<HTMLUListElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    setMargin(list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0);
  }, []);
  const virtual = useWindowVirtualizer({
    count: people.length,
    estimateSize: () => 64,
    overscan: 10,
    scrollMargin: margin,
  });
  return (
    <ul className="people-rows" ref={list} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const one = people[item.index];
        if (one === undefined) return null;
        return (
          <li
            key={one.id}
            aria-setsize={people.length}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${String(item.start - margin)}px)` }}
          >
            <Row
              one={one}
              isSelected={selection?.keys.has(one.id) ?? false}
              selection={selection}
              actions={actions}
              onKick={onKick}
            />
          </li>
        );
      })}
    </ul>
  );
}

function onControl(event: MouseEvent | KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest("button, label, a") !== null;
}

function classes(base: string, one: Participant, isSelected: boolean): string {
  const parts = [base];
  if (one.talking && !one.muted) parts.push("talking");
  if (one.muted) parts.push("muted");
  if (isSelected) parts.push("selected");
  return parts.join(" ");
}

const Tile = memo(function Tile({ one, isSelected, selection, actions, onKick }: OneProps) {
  const t = useText();
  const name = one.name || one.target;
  return (
    <li
      className={classes("tile", one, isSelected)}
      onClick={(event) => {
        if (!onControl(event)) selection?.toggle(one.id);
      }}
    >
      {selection && (
        <div className="tile-top">
          <Checkbox
            aria-label={t("design-select-row", { name })}
            isSelected={isSelected}
            onChange={() => selection.toggle(one.id)}
          />
          <PersonMenu one={one} actions={actions} onKick={onKick} />
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
        {selection && <MuteButton one={one} actions={actions} />}
      </div>
    </li>
  );
});

const Row = memo(function Row({ one, isSelected, selection, actions, onKick }: OneProps) {
  const t = useText();
  const name = one.name || one.target;
  return (
    <div
      className={classes("person-row", one, isSelected)}
      onClick={(event) => {
        if (!onControl(event)) selection?.toggle(one.id);
      }}
    >
      {selection && (
        <Checkbox
          aria-label={t("design-select-row", { name })}
          isSelected={isSelected}
          onChange={() => selection.toggle(one.id)}
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
      {selection && <MuteButton one={one} actions={actions} />}
      {selection && <PersonMenu one={one} actions={actions} onKick={onKick} />}
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

function State({ one }: { one: Participant }) {
  const t = useText();
  const state = one.muted ? "muted" : one.talking ? "talking" : "listening";
  return <span className={`state ${state}`}>{t(`conferences-is-${state}`)}</span>;
}

function MuteButton({ one, actions }: { one: Participant; actions: Actions }) {
  const t = useText();
  const name = one.name || one.target;
  return (
    <IconButton
      small
      className="mute-button"
      variant={one.muted ? "danger" : "quiet"}
      icon={one.muted ? MicOff : Mic}
      label={t(one.muted ? "conferences-unmute-one" : "conferences-mute-one", { name })}
      onPress={() => (one.muted ? actions.unmute([one.id]) : actions.mute([one.id]))}
    />
  );
}

function PersonMenu({ one, actions, onKick }: Pick<OneProps, "one" | "actions" | "onKick">) {
  const t = useText();
  const name = one.name || one.target;
  const label = t("design-row-menu", { name });
  return (
    <Menu label={label} trigger={<IconButton small icon={EllipsisVertical} label={label} />}>
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
function Network({ one }: { one: Participant }) {
  const t = useText();
  const { quality } = one;
  if (quality === null) return <span className="network" aria-hidden />;
  const level = bars(quality);
  const label = t("conferences-network", {
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
