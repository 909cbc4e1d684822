import { Plus } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { Button } from "../design/button";
import { TextField } from "../design/fields";
import { useStored } from "../design/hooks";
import { useText } from "../design/texts";
import { personal, useMe } from "../session/session";
import { type Invitee, isExternal, parseTarget, withPrefix } from "./invitees";
import { type Reach, useReach } from "./reach";

interface AddBoxProps {
  value: Invitee;
  onChange: (value: Invitee) => void;
  roomId: string;
  there: ReadonlySet<string>;
  isFull: boolean;
  onAdd: (one: Invitee) => void;
}

/** A number by hand, with the dial prefix that goes before it. */
export function AddBox({ value, onChange, roomId, there, isFull, onAdd }: AddBoxProps) {
  const t = useText();
  const { prefix, setPrefix, target } = usePrefixed(value.target);
  const [error, setError] = useState<string>();
  const reach = useReach(useDeferredValue(target), roomId, t);
  const input = useFilledFocus(value);
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
      <Said typed={value.target} target={error ? undefined : target} reach={reach} />
    </section>
  );
}

/** What is dialled for what is typed: an outside number with the reader's prefix before it. */
function usePrefixed(typed: string) {
  const [prefix, setPrefix] = useStored(personal(useMe(), "dial-prefix"), "");
  const parsed = parseTarget(typed);
  const target =
    parsed === undefined ? undefined : withPrefix(isExternal(parsed) ? prefix : "", parsed);
  return { prefix, setPrefix, target };
}

/** Gives the field the focus when a tick has filled it. */
function useFilledFocus(value: Invitee) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Filled by a tick: the hand goes on here.
    if (value.name) input.current?.focus();
  }, [value.name, value.target]);
  return input;
}

interface SaidProps {
  typed: string;
  /** What would be dialled; none: nothing is said of it. */
  target: string | undefined;
  reach: Reach;
}

function Said({ typed, target, reach }: SaidProps) {
  const t = useText();
  const said = target !== undefined;
  return (
    <div className="add-said" role="status">
      {said && target !== parseTarget(typed) && (
        <span className="dim">{t("conferences-will-dial", { target })} </span>
      )}
      {said && reach.ok === true && reach.name && (
        <span className="ok-text">{t("conferences-belongs-to", { name: reach.name })}</span>
      )}
      {said && reach.ok === false && <span className="bad-text">{reach.text}</span>}
      {said && reach.ok === undefined && reach.text && <span className="dim">{reach.text}</span>}
    </div>
  );
}
