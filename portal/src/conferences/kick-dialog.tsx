import { useState } from "react";
import type { Participant } from "../api/resources";
import { Button } from "../design/button";
import { RadioGroup } from "../design/fields";
import { Dialog } from "../design/overlays";
import { listOf, useText } from "../design/texts";
import { nameOf } from "./participants";
import type { Actions } from "./use-actions";

/** More names than these are counted. */
const NAMED = 8;

type Ban = "end" | "five" | "none";
const SECS: Record<Ban, number | undefined> = { end: undefined, five: 300, none: 0 };

/** Who is put out, and whether they may come back. */
export default function KickDialog(props: {
  people: Participant[];
  /** All but those who moderate, also whoever comes in before this is answered. */
  isAll?: boolean | undefined;
  actions: Actions;
  pending: ReadonlySet<string>;
  onClose: () => void;
}) {
  const t = useText();
  const { people, isAll, actions, pending, onClose } = props;
  const [ban, setBan] = useState<Ban>("end");
  const count = people.length;
  const names = people.map((one) => nameOf(one) || t("conferences-withheld"));
  const shown =
    count > NAMED
      ? [...names.slice(0, NAMED), t("conferences-history-more", { count: count - NAMED })]
      : names;
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={onClose}
      title={
        isAll
          ? t("conferences-kick-all-title")
          : t("conferences-kick-title", { count, name: names[0] ?? "" })
      }
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button
            variant="danger-fill"
            isPending={[...pending].some((one) => one.startsWith("kick"))}
            onPress={() =>
              void actions
                .kick(isAll ? "all" : people.map((one) => one.id), SECS[ban])
                .then((done) => done && onClose())
            }
          >
            {t("conferences-kick-now", { count })}
          </Button>
        </>
      }
    >
      <div className="stack">
        {count > 1 && <p>{listOf(shown)}</p>}
        <RadioGroup
          label={t("conferences-ban")}
          value={ban}
          onChange={setBan}
          choices={[
            { id: "end", label: t("conferences-ban-end") },
            { id: "five", label: t("conferences-ban-five") },
            { id: "none", label: t("conferences-ban-none") },
          ]}
        />
        <p className="help">{t("conferences-ban-help")}</p>
      </div>
    </Dialog>
  );
}
