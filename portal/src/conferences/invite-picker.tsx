import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, ContactRound } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { explain } from "../api/errors";
import type { PhoneBookEntry } from "../api/resources";
import { Button } from "../design/button";
import { Avatar, Notice, SkeletonLines } from "../design/display";
import { SearchField } from "../design/search-field";
import { useSettled } from "../design/hooks";
import { useRowKeys } from "../design/selection";
import { TroubleLine } from "../design/table";
import { useText } from "../design/texts";
import { useMe } from "../session/session";
import { PresencePill } from "../users/presence";
import { type Invitee } from "./invitees";
import { useContactBook, usePhoneBook } from "./queries";
import "./invite.css";

const keyOf = (entry: PhoneBookEntry) => entry.id;

type Source = "extensions" | "contacts";

interface PickerProps {
  customerId: string;
  there: ReadonlySet<string>;
  chosen: Invitee[];
  isFull: boolean;
  onTick: (entry: PhoneBookEntry) => void;
}

/** Extensions and contacts, to be ticked. */
export function Picker({ customerId, there, chosen, isFull, onTick }: PickerProps) {
  const t = useText();
  const [source, setSource] = useState<Source>("extensions");
  const [typed, setTyped] = useState("");
  const { q, list, rows } = useEntries(source, typed, customerId);
  const { scroller, virtual } = useDrawn(rows.length, list.more);
  const isComplete = list.total === undefined || list.rows.length >= list.total;
  const keys = useRowKeys({
    rows,
    rowKey: keyOf,
    selection: undefined,
    onOpen: undefined,
    scrollTo: virtual.scrollToIndex,
    body: scroller,
  });
  const states = statesOf({ there, chosen, isFull });
  return (
    <div className="picker">
      <SourceChoice source={source} onChange={setSource} />
      <div
        onKeyDownCapture={(event) => {
          if (event.key !== "ArrowDown" || rows.length === 0) return;
          event.preventDefault();
          keys.setActive(0);
          keys.focusRow(0);
        }}
      >
        <SearchField
          label={t("conferences-search-people")}
          value={typed}
          onChange={setTyped}
          autoFocus
        />
      </div>
      <div className="picker-list" ref={scroller}>
        {list.error ? (
          <Notice tone="bad">{explain(list.error, t)}</Notice>
        ) : list.isLoading || (rows.length === 0 && !isComplete && !list.trouble) ? (
          <SkeletonLines lines={5} />
        ) : rows.length === 0 ? (
          <p className="dim picker-none">
            {t(q ? "conferences-nobody-found" : `conferences-no-${source}`)}
          </p>
        ) : (
          <Entries
            source={source}
            rows={rows}
            states={states}
            virtual={virtual}
            keys={keys}
            onTick={onTick}
          />
        )}
        <TroubleLine trouble={list.trouble} />
      </div>
    </div>
  );
}

/** The entries of a source that match what is typed. */
function useEntries(source: Source, typed: string, customerId: string) {
  const me = useMe();
  const q = useSettled(typed, 90);
  const filters = { q, ...(me.customer === null ? { customer_id: customerId } : {}) };
  const people = usePhoneBook(filters, source === "extensions");
  const contacts = useContactBook(filters, source === "contacts");
  const list = source === "extensions" ? people : contacts;
  const rows =
    source === "extensions" ? people.rows.filter((entry) => entry.kind === "user") : contacts.rows;
  return { q, list, rows };
}

/** Draws what is in view, and asks for more before its end. */
function useDrawn(count: number, more: () => void) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 52,
    overscan: 6,
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    // Also where a page held nobody of the kind that is asked for: those after it may.
    if (last >= count - 6) more();
  }, [last, count, more]);
  return { scroller, virtual };
}

interface States {
  /** On the list or in the room already. */
  isThere: boolean;
  isTicked: boolean;
  isShut: boolean;
}

/** How an entry stands to those who are there and those who are chosen. */
function statesOf({ there, chosen, isFull }: Pick<PickerProps, "there" | "chosen" | "isFull">) {
  const ids = new Set(chosen.flatMap((one) => one.entry ?? []));
  const ticked = new Set(chosen.map((one) => one.target));
  return (entry: PhoneBookEntry): States => {
    const isThere = there.has(entry.target);
    const isTicked = isThere || ticked.has(entry.target) || ids.has(entry.id);
    return { isThere, isTicked, isShut: isThere || (isFull && !isTicked) };
  };
}

interface EntriesProps {
  source: Source;
  rows: PhoneBookEntry[];
  states: (entry: PhoneBookEntry) => States;
  virtual: ReturnType<typeof useDrawn>["virtual"];
  keys: ReturnType<typeof useRowKeys>;
  onTick: (entry: PhoneBookEntry) => void;
}

/** One stop for Tab: what comes behind a phone book must be within reach. */
function Entries({ source, rows, states, virtual, keys, onTick }: EntriesProps) {
  const t = useText();
  const tick = (index: number) => {
    const entry = rows[index];
    if (entry !== undefined && !states(entry).isShut) onTick(entry);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const place = event.target instanceof HTMLElement ? event.target.dataset["index"] : undefined;
    if (place === undefined) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      tick(Number(place));
    } else {
      keys.onKeyDown(event);
    }
  };
  return (
    <div
      role="listbox"
      aria-multiselectable
      aria-label={t(`conferences-from-${source}`)}
      className="entries"
      style={{ height: virtual.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {virtual.getVirtualItems().map((item) => {
        const entry = rows[item.index];
        if (entry === undefined) return null;
        return (
          <Option
            key={entry.id}
            entry={entry}
            states={states(entry)}
            index={item.index}
            count={rows.length}
            top={item.start}
            isActive={keys.active === item.index}
            onFocus={() => keys.setActive(item.index)}
            onTick={() => tick(item.index)}
          />
        );
      })}
    </div>
  );
}

interface SourceChoiceProps {
  source: Source;
  onChange: (source: Source) => void;
}

function SourceChoice({ source, onChange }: SourceChoiceProps) {
  const t = useText();
  return (
    <div className="segments" role="group" aria-label={t("conferences-from")}>
      {(["extensions", "contacts"] as const).map((id) => (
        <Button
          key={id}
          small
          variant={source === id ? "on" : "quiet"}
          aria-pressed={source === id}
          onPress={() => onChange(id)}
        >
          {t(`conferences-from-${id}`)}
        </Button>
      ))}
    </div>
  );
}

interface OptionProps {
  entry: PhoneBookEntry;
  states: States;
  index: number;
  /** Of how many. */
  count: number;
  top: number;
  isActive: boolean;
  onFocus: () => void;
  onTick: () => void;
}

function Option(props: OptionProps) {
  const { entry, states, index, count, top, isActive, onFocus, onTick } = props;
  const { isThere, isTicked, isShut } = states;
  const t = useText();
  return (
    <div
      role="option"
      aria-selected={isTicked}
      aria-disabled={isShut}
      data-selected={isTicked || undefined}
      aria-setsize={count}
      aria-posinset={index + 1}
      data-index={index}
      tabIndex={isActive ? 0 : -1}
      className="entry-row check"
      style={{ transform: `translateY(${String(top)}px)` }}
      onFocus={onFocus}
      onClick={onTick}
    >
      <span className="box" aria-hidden>
        <Check />
      </span>
      <span className="entry">
        <Avatar name={entry.name} size="small" />
        <span className="who">
          <span className="name truncate">{entry.name}</span>
          <span className="visually-hidden">, </span>
          <span className="under">{entry.target}</span>
        </span>
        <span className="visually-hidden">, </span>
        {isThere ? (
          <span className="dim small">{t("conferences-already-there")}</span>
        ) : (
          entry.state && <PresencePill state={entry.state} />
        )}
        {entry.kind === "contact" && <ContactRound aria-hidden className="kind" />}
      </span>
    </div>
  );
}
