import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { ApiError } from "../api/client";
import type { Recording } from "../api/resources";
import { ConfirmSeveral } from "../design/confirm-several";
import { Notice } from "../design/display";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { useBatch } from "../design/use-batch";
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
  const batch = useBatch(recordings);
  const [first] = batch.left;
  const act = async () => {
    const { done, isOver } = await batch.run(batch.left, remove);
    void client.invalidateQueries({ queryKey: ["recordings"] });
    if (done.length > 0)
      toast({ kind: "ok", text: t("recordings-deleted", { count: done.length }) });
    if (isOver) onDone();
  };
  return (
    <ConfirmSeveral
      batch={batch}
      icon={Trash2}
      title={t("recordings-delete-title", {
        count: batch.left.length,
        name: first ? nameOf(first) : "",
      })}
      text={t("recordings-delete-text")}
      action={t("recordings-delete-now", { count: batch.left.length })}
      act={act}
      nameOf={nameOf}
      onClose={onClose}
    >
      {recordings.some((one) => one.state === "recording") && (
        <Notice>{t("recordings-delete-writing")}</Notice>
      )}
    </ConfirmSeveral>
  );
}
