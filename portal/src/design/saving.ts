import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../api/client";
import { fieldProblems } from "../api/errors";
import type { FormState, Values } from "./form";

/** The form as it was when Save was pressed. */
interface Sent<V> {
  values: V;
  changed: (keyof V & string)[];
}

interface SavingOptions<R, V extends Values> {
  form: FormState<V>;
  /** What the form is over, as it is shown now. */
  record: R;
  send: (sent: Sent<V>, version: number) => Promise<R>;
  onSaved: (saved: R) => void;
  /** Reads the record anew. */
  look: () => Promise<R>;
  /** What the form calls a field of the API. */
  fieldOf: (field: string) => string;
}

/** Saves a form over what somebody else may change meanwhile: theirs is never overwritten unseen. */
export function useSaving<R extends { version: number }, V extends Values>({
  form,
  record,
  send,
  onSaved,
  look,
  fieldOf,
}: SavingOptions<R, V>) {
  // What the edits were made over: a newer version meanwhile is a conflict, told and never overwritten.
  const [base, setBase] = useState(record);
  const [isConflict, setConflict] = useState(false);
  if (form.changed.length === 0 && base !== record) setBase(record);
  const save = useMutation({
    mutationFn: (sent: Sent<V>) => send(sent, base.version),
    onSuccess: (saved, { values }) => {
      onSaved(saved);
      form.saved(values);
      // What was typed meanwhile was typed over this.
      setBase(saved);
      setConflict(false);
    },
    onError: async (error) => {
      form.setProblems(fieldProblems(error).map((one) => ({ ...one, field: fieldOf(one.field) })));
      if (error instanceof ApiError && error.status === 412) {
        setConflict(true);
        // Where even that fails, the next Save says so again.
        await look().then(setBase, () => undefined);
      }
    },
    meta: { quiet: true },
  });
  return {
    isConflict,
    /** What neither the fields nor the conflict say. */
    error: fieldProblems(save.error).length === 0 && !isConflict ? save.error : null,
    /** What to spread on the bar. */
    bar: {
      changed: form.changed,
      isSaving: save.isPending,
      onSave: () => save.mutate({ values: form.values, changed: form.changed }),
      onDiscard: () => {
        form.reset();
        setConflict(false);
        save.reset();
      },
    },
  };
}
