import { useState } from "react";
import type { Participant } from "../api/resources";
import { Button } from "../design/button";
import { RadioGroup } from "../design/fields";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import type { Actions } from "./use-actions";

type Ban = "end" | "five" | "none";
const SECS: Record<Ban, number | undefined> = { end: undefined, five: 300, none: 0 };

/** Who is put out, and whether they may come back. */
export default function KickDialog(props: {
  people: Participant[];
  actions: Actions;
  onClose: () => void;
}) {
  const t = useText();
  const { people, actions, onClose } = props;
  const [ban, setBan] = useState<Ban>("end");
  const count = people.length;
  const name = people[0]?.name || people[0]?.target || "";
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={onClose}
      title={t("conferences-kick-title", { count, name })}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button
            variant="danger-fill"
            isPending={actions.pending === "kick"}
            onPress={() =>
              void actions
                .kick(
                  people.map((one) => one.id),
                  SECS[ban],
                )
                .then((done) => done && onClose())
            }
          >
            {t("conferences-kick-now", { count })}
          </Button>
        </>
      }
    >
      <div className="stack">
        {count > 1 && (
          <p>{new Intl.ListFormat("en").format(people.map((one) => one.name || one.target))}</p>
        )}
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
