import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";
import { ConfirmSeveral } from "./confirm-several";
import CsvExport from "./csv-export";
import { SAMPLES } from "./page-samples";
import { Progress, ProgressLine } from "./progress";
import { useBatch } from "./use-batch";

const PROGRESS = { done: 3, total: 8 };

/** So long does each take here, to be seen. */
const STEP_MS = 150;

function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, STEP_MS));
}

async function* pages() {
  for (let from = 0; from < SAMPLES.length; from += 100) {
    await later();
    yield { items: SAMPLES.slice(from, from + 100), next: null, total: SAMPLES.length };
  }
}

/** Acts on several: how far they are, how they are stopped, and what did not work. */
export function Several() {
  const [open, setOpen] = useState<"confirm" | "csv">();
  const close = () => setOpen(undefined);
  const batch = useBatch(SAMPLES.slice(0, 9));
  const failed = [{ item: "Person 7", error: new Error("no") }];
  const detail = () => <p>What stands in its way.</p>;
  const columns = [{ label: "Name", csv: ({ name }: { name: string }) => name }];
  const fails = async ({ name }: { name: string }) => {
    await later();
    if (name.endsWith("7")) throw new Error("no");
  };
  return (
    <div className="design-columns">
      <Progress progress={PROGRESS} failed={[]} nameOf={String} />
      <Progress progress={undefined} failed={failed} nameOf={String} detail={detail} />
      <div className="row">
        <ProgressLine text="3 of 8 done" onStop={close} />
      </div>
      <div className="row">
        <Button onPress={() => setOpen("confirm")}>Delete several</Button>
        <Button onPress={() => setOpen("csv")}>Save as CSV</Button>
      </div>
      {open === "confirm" && (
        <ConfirmSeveral
          batch={batch}
          icon={Trash2}
          isDisabled={false}
          title="Delete them?"
          text="What will be touched."
          action="Delete"
          act={async () => {
            const { isOver } = await batch.run(batch.left, fails);
            if (isOver) close();
          }}
          nameOf={({ name }) => name}
          detail={detail}
          onClose={close}
        >
          <p>What must be decided first.</p>
        </ConfirmSeveral>
      )}
      {open === "csv" && (
        <CsvExport
          name="people"
          columns={columns}
          prepare={later}
          pages={pages}
          total={SAMPLES.length}
          onClose={close}
        />
      )}
    </div>
  );
}
