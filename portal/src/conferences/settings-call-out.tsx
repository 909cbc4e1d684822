import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../design/button";
import { TextField } from "../design/fields";
import { useText } from "../design/texts";
import { parseTarget } from "./invitees";
import type { PartProps } from "./settings-form";

/** Numbers that are called at every start. */
export function CallOut({ form, isDisabled }: PartProps) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const list = form.values.call_out;
  const add = () => {
    const target = parseTarget(typed);
    setWrong(target === undefined);
    if (target === undefined) return;
    if (!list.includes(target)) form.set("call_out", [...list, target]);
    setTyped("");
  };
  return (
    <>
      {list.length > 0 && (
        <ul className="chips">
          {list.map((target) => (
            <li key={target}>
              <span className="mono">{target}</span>
              {!isDisabled && (
                <IconButton
                  small
                  icon={X}
                  label={t("conferences-take-off", { name: target })}
                  onPress={() =>
                    form.set(
                      "call_out",
                      list.filter((one) => one !== target),
                    )
                  }
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="add-line">
        <TextField
          id="room-call_out"
          isDisabled={isDisabled}
          label={t("conferences-number-or-address")}
          value={typed}
          onChange={setTyped}
          placeholder={t("conferences-number-example")}
          error={wrong ? t("conferences-not-a-number") : form.field("call_out").error}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              event.preventDefault();
              add();
            }
          }}
        />
        <Button icon={Plus} onPress={add} isDisabled={isDisabled || typed.trim() === ""}>
          {t("conferences-add")}
        </Button>
      </div>
    </>
  );
}
