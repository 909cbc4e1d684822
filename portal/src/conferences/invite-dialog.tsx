import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, ContactRound, Plus, X } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from "react";
import { explain } from "../api/errors";
import type { PhoneBookEntry } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { Avatar, Notice, ProgressBar, SkeletonLines } from "../design/display";
import { TextField } from "../design/fields";
import { SearchField } from "../design/search-field";
import { useSettled, useStored } from "../design/hooks";
import { Dialog } from "../design/overlays";
import { useRowKeys } from "../design/selection";
import { TroubleLine } from "../design/table";
import { type Text, useText, useTextOr } from "../design/texts";
import { personal, useMe } from "../session/session";
import { PresencePill } from "../users/presence";
import { type Invitee, added, isExternal, parseTarget, withPrefix } from "./invitees";
import { reachQuery, useContactBook, usePhoneBook } from "./queries";
import "./invite.css";

const keyOf = (entry: PhoneBookEntry) => entry.id;

type Source = "extensions" | "contacts";

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
  const [chosen, setChosen] = useState<Invitee[]>([]);
  const [adding, setAdding] = useState<Invitee>({ target: "", name: "" });
  const [isSending, setSending] = useState(false);
  const reached = useQuery(
    reachQuery(
      props.roomId,
      chosen.slice(0, ASKED).map((one) => one.target),
    ),
  );
  const textOr = useTextOr();
  const shut = new Map(
    (reached.data?.items ?? []).flatMap((one) =>
      one.reachable ? [] : [[one.target, why(one.reason, textOr)] as const],
    ),
  );
  const there = new Set(taken.map((one) => one.target));
  if (host !== undefined) there.add(host);
  const count = taken.length + chosen.length;
  const full = count >= limit;
  const put = (one: Invitee) => {
    if (!there.has(one.target)) setChosen((before) => added(before, [one], host));
  };
  const takeOff = (target: string) =>
    setChosen((before) => before.filter((one) => one.target !== target));
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
          <div className="start invite-count">
            <ProgressBar label={t("conferences-places")} value={count} max={limit} warn={full} />
            <span role="status">{t("conferences-of", { count, limit })}</span>
          </div>
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
          onTick={(entry) => {
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
          }}
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
                      onPress={() => takeOff(one.target)}
                    />
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      </div>
    </Dialog>
  );
}

/** Whether somebody on the list was taken from this entry, with a prefix or without. */
function isOf(one: Invitee, entry: PhoneBookEntry): boolean {
  return one.target === entry.target || one.entry === entry.id;
}

interface PickerProps {
  customerId: string;
  there: ReadonlySet<string>;
  chosen: Invitee[];
  isFull: boolean;
  onTick: (entry: PhoneBookEntry) => void;
}

function Picker({ customerId, there, chosen, isFull, onTick }: PickerProps) {
  const t = useText();
  const me = useMe();
  const [source, setSource] = useState<Source>("extensions");
  const [typed, setTyped] = useState("");
  const q = useSettled(typed, 90);
  const filters = { q, ...(me.customer === null ? { customer_id: customerId } : {}) };
  const people = usePhoneBook(filters, source === "extensions");
  const contacts = useContactBook(filters, source === "contacts");
  const list = source === "extensions" ? people : contacts;
  const rows =
    source === "extensions" ? people.rows.filter((entry) => entry.kind === "user") : contacts.rows;
  const { more } = list;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 52,
    overscan: 6,
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    // Also where a page held nobody of the kind that is asked for: those after it may.
    if (last >= rows.length - 6) more();
  }, [last, rows.length, more]);
  const isComplete = list.total === undefined || list.rows.length >= list.total;
  const ids = new Set(chosen.flatMap((one) => one.entry ?? []));
  const ticked = new Set(chosen.map((one) => one.target));
  const keys = useRowKeys({
    rows,
    rowKey: keyOf,
    selection: undefined,
    onOpen: undefined,
    scrollTo: virtual.scrollToIndex,
    body: scroller,
  });
  const states = (entry: PhoneBookEntry) => {
    const isThere = there.has(entry.target);
    const isTicked = isThere || ticked.has(entry.target) || ids.has(entry.id);
    return { isThere, isTicked, isShut: isThere || (isFull && !isTicked) };
  };
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
    <div className="picker">
      <div className="segments" role="group" aria-label={t("conferences-from")}>
        {(["extensions", "contacts"] as const).map((id) => (
          <Button
            key={id}
            small
            variant={source === id ? "on" : "quiet"}
            aria-pressed={source === id}
            onPress={() => setSource(id)}
          >
            {t(`conferences-from-${id}`)}
          </Button>
        ))}
      </div>
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
          // One stop for Tab: what comes behind a phone book must be within reach.
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
              const { isThere, isTicked, isShut } = states(entry);
              return (
                <div
                  key={entry.id}
                  role="option"
                  aria-selected={isTicked}
                  aria-disabled={isShut}
                  data-selected={isTicked || undefined}
                  aria-setsize={rows.length}
                  aria-posinset={item.index + 1}
                  data-index={item.index}
                  tabIndex={keys.active === item.index ? 0 : -1}
                  className="entry-row check"
                  style={{ transform: `translateY(${String(item.start)}px)` }}
                  onFocus={() => keys.setActive(item.index)}
                  onClick={() => tick(item.index)}
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
            })}
          </div>
        )}
        <TroubleLine trouble={list.trouble} />
      </div>
    </div>
  );
}

type Reach =
  { ok: true; name: string } | { ok: false; text: string } | { ok: undefined; text: string };

/** More than these are not asked about at once. */
const ASKED = 100;

/** Says at once whether a number can be reached, and whose it is. */
function useReach(target: string | undefined, roomId: string, t: Text): Reach {
  const textOr = useTextOr();
  const settled = useSettled(target, 200);
  const asked = useQuery(reachQuery(roomId, settled === undefined ? [] : [settled]));
  if (target === undefined || target !== settled || asked.isPending)
    return { ok: undefined, text: "" };
  const found = asked.data?.items[0];
  if (found === undefined) return { ok: undefined, text: t("conferences-reach-unknown") };
  if (found.reachable) return { ok: true, name: found.name };
  return { ok: false, text: t("conferences-unreachable", { reason: why(found.reason, textOr) }) };
}

function why(reason: string | null, textOr: (id: string, fallback: string) => string): string {
  const code = reason ?? "failed";
  return textOr(`conferences-reason-${code.replaceAll("_", "-")}`, code);
}

interface AddBoxProps {
  value: Invitee;
  onChange: (value: Invitee) => void;
  roomId: string;
  there: ReadonlySet<string>;
  isFull: boolean;
  onAdd: (one: Invitee) => void;
}

/** A number by hand, with the dial prefix that goes before it. */
function AddBox({ value, onChange, roomId, there, isFull, onAdd }: AddBoxProps) {
  const t = useText();
  const [prefix, setPrefix] = useStored(personal(useMe(), "dial-prefix"), "");
  const [error, setError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const parsed = parseTarget(value.target);
  const target =
    parsed === undefined ? undefined : withPrefix(isExternal(parsed) ? prefix : "", parsed);
  const reach = useReach(useDeferredValue(target), roomId, t);
  useEffect(() => {
    // Filled by a tick: the hand goes on here.
    if (value.name) input.current?.focus();
  }, [value.name, value.target]);
  const add = () => {
    if (target === undefined) setError(t("conferences-not-a-number"));
    else if (there.has(target)) setError(t("conferences-is-there", { target }));
    else if (isFull) setError(t("conferences-no-place"));
    else {
      const entry = value.entry === undefined ? {} : { entry: value.entry };
      onAdd({ target, name: value.name || (reach.ok ? reach.name : ""), ...entry });
      onChange({ target: "", name: "" });
      setError(undefined);
    }
  };
  const said = target !== undefined && !error;
  return (
    <section className="add-box" aria-label={t("conferences-add-number")}>
      <h3>
        {value.name
          ? t("conferences-add-number-of", { name: value.name })
          : t("conferences-add-number")}
      </h3>
      <div className="add-fields">
        <TextField
          label={t("conferences-dial-prefix")}
          value={prefix}
          onChange={setPrefix}
          inputMode="tel"
          placeholder="–"
          maxLength={8}
        />
        <TextField
          inputRef={input}
          label={t("conferences-number-or-address")}
          value={value.target}
          placeholder={t("conferences-number-example")}
          error={error}
          onChange={(next) => {
            setError(undefined);
            onChange({ target: next, name: "" });
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              event.preventDefault();
              add();
            }
          }}
        />
        <Button icon={Plus} onPress={add} isDisabled={value.target.trim() === ""}>
          {t("conferences-add")}
        </Button>
      </div>
      <div className="add-said" role="status">
        {said && target !== parseTarget(value.target) && (
          <span className="dim">{t("conferences-will-dial", { target })} </span>
        )}
        {said && reach.ok === true && reach.name && (
          <span className="ok-text">{t("conferences-belongs-to", { name: reach.name })}</span>
        )}
        {said && reach.ok === false && <span className="bad-text">{reach.text}</span>}
        {said && reach.ok === undefined && reach.text && <span className="dim">{reach.text}</span>}
      </div>
    </section>
  );
}
