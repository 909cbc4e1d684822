import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { type Failed, each } from "../api/each";
import { ApiError } from "../api/client";
import type { Recording } from "../api/resources";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { Dialog } from "../design/overlays";
import { Progress } from "../design/progress";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { deleteRecording } from "./queries";

interface DeleteProps {
  recordings: Recording[];
  nameOf: (recording: Recording) => string;
  onClose: () => void;
  onDone: () => void;
}

/** One that is gone already is as it should be. */
async function remove(recording: Recording): Promise<void> {
  try {
    await deleteRecording(recording.id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** Asks, deletes one after the other, and says which stayed and why. */
export default function DeleteRecordings({ recordings, nameOf, onClose, onDone }: DeleteProps) {
  const t = useText();
  const client = useQueryClient();
  const [left, setLeft] = useState(recordings);
  const [done, setDone] = useState<number>();
  const [failed, setFailed] = useState<Failed<Recording>[]>([]);
  const stop = useRef(new AbortController());
  const isBusy = done !== undefined;
  const [first] = left;
  const act = async () => {
    setDone(0);
    setFailed([]);
    const result = await each(left, remove, setDone, stop.current.signal);
    setDone(undefined);
    void client.invalidateQueries({ queryKey: ["recordings"] });
    if (result.done.length > 0)
      toast({ kind: "ok", text: t("recordings-deleted", { count: result.done.length }) });
    if (stop.current.signal.aborted) return;
    if (result.failed.length === 0) onDone();
    setFailed(result.failed);
    setLeft(result.failed.map(({ item }) => item));
  };
  const close = () => {
    stop.current.abort();
    onClose();
  };
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={close}
      title={t("recordings-delete-title", {
        count: left.length,
        name: first ? nameOf(first) : "",
      })}
      footer={
        <>
          <Button onPress={close}>{t("design-cancel")}</Button>
          <Button variant="danger-fill" icon={Trash2} isPending={isBusy} onPress={() => void act()}>
            {t("recordings-delete-now", { count: left.length })}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t("recordings-delete-text")}</p>
        {recordings.some((one) => one.state === "recording") && (
          <Notice>{t("recordings-delete-writing")}</Notice>
        )}
        <Progress done={done} total={left.length} failed={failed} nameOf={nameOf} />
      </div>
    </Dialog>
  );
}
