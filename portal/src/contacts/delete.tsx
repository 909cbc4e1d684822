import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { each } from "../api/each";
import type { Contact } from "../api/resources";
import { ConfirmSeveral } from "../design/confirm-several";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { useBatch } from "../design/use-batch";
import { createContact, deleteContact } from "./queries";

/** Says which contacts are gone and offers to bring them back. */
export function useSayDeleted() {
  const t = useText();
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: ["contacts", "list"] });
  const bringBack = async (gone: Contact[]) => {
    const create = (one: Contact) => createContact(one.name, one.target, one.customer_id);
    const signal = new AbortController().signal;
    const { failed } = await each(gone, create, () => undefined, signal);
    again();
    if (failed.length > 0)
      toast({ kind: "bad", text: t("contacts-not-back", { count: failed.length }) });
  };
  return (gone: Contact[]) => {
    again();
    if (gone.length === 0) return;
    toast({
      kind: "ok",
      text: t("contacts-deleted", { count: gone.length, name: gone[0]?.name ?? "" }),
      undo: () => void bringBack(gone),
    });
  };
}

interface DeleteContactsProps {
  contacts: Contact[];
  onClose: () => void;
  onDone: () => void;
}

/** Asks, deletes one after the other, and says which stayed and why. */
export default function DeleteContacts({ contacts, onClose, onDone }: DeleteContactsProps) {
  const t = useText();
  const batch = useBatch(contacts);
  const sayDeleted = useSayDeleted();
  const count = batch.left.length;
  const name = batch.left[0]?.name ?? "";
  const act = async () => {
    const { done, isOver } = await batch.run(batch.left, deleteContact);
    sayDeleted(done);
    if (isOver) onDone();
  };
  return (
    <ConfirmSeveral
      batch={batch}
      icon={Trash2}
      title={t("contacts-delete-title", { count, name })}
      text={t("contacts-delete-text")}
      action={t("contacts-delete-now", { count })}
      act={act}
      nameOf={(contact) => contact.name}
      onClose={onClose}
    />
  );
}
