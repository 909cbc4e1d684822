import { useQueryClient } from "@tanstack/react-query";
import { ContactRound, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError, answer, api, ifMatch } from "../api/client";
import { explain } from "../api/errors";
import type { List } from "../api/lists";
import { show } from "../api/live";
import type { Contact } from "../api/resources";
import { Button } from "../design/button";
import { Avatar, EmptyState } from "../design/display";
import { TextField } from "../design/fields";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { useForm } from "../design/form";
import { FormPanel, useSubmit } from "../design/form-dialog";
import { MenuItem } from "../design/overlays";
import { useListSelection } from "../design/list-selection";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { toast } from "../design/toast";
import { When } from "../design/time";
import { useMay } from "../session/session";
import { useCustomerId, useNoCustomer } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import DeleteContacts, { useSayDeleted } from "./delete";
import { createContact, deleteContact, useContacts } from "./queries";
import "./texts";

type Open =
  { what: "add" } | { what: "edit"; contact: Contact } | { what: "delete"; contacts: Contact[] };

/** Deletes one at once: it can be brought back. */
function useRemove() {
  const t = useText();
  const sayDeleted = useSayDeleted();
  return (contact: Contact) =>
    deleteContact(contact).then(
      () => sayDeleted([contact]),
      (error: unknown) => toast({ kind: "bad", text: explain(error, t) }),
    );
}

const idOf = (contact: Contact) => contact.id;

function columns(t: Text): Column<Contact>[] {
  return [
    {
      id: "name",
      label: t("contacts-name"),
      width: "minmax(220px, 1.4fr)",
      lead: true,
      sort: "name",
      csv: (contact) => contact.name,
      cell: (contact) => (
        <div className="person">
          <Avatar name={contact.name} />
          <span className="name">{contact.name}</span>
        </div>
      ),
    },
    {
      id: "target",
      label: t("contacts-target"),
      width: "minmax(200px, 1.4fr)",
      sort: "target",
      csv: (contact) => contact.target,
      cell: (contact) => <span className="mono">{contact.target}</span>,
    },
    {
      id: "created",
      label: t("contacts-created"),
      width: "minmax(160px, 1fr)",
      sort: "created_at",
      csv: (contact) => contact.created_at,
      cell: (contact) => <When at={contact.created_at} />,
    },
  ];
}

type RowActs = Pick<ListTableProps<Contact>, "onOpen" | "selection" | "bulkActions" | "rowMenu">;

/** What may be done with contacts, with one and with the ticked. */
function useRowActs(list: List<Contact>, open: (what: Open) => void): [RowActs, () => void] {
  const t = useText();
  const may = useMay();
  const { selection, chosen } = useListSelection(list, idOf);
  const remove = useRemove();
  const canChange = may("contact", "update");
  const canDelete = may("contact", "delete");
  const edit = (contact: Contact) => open({ what: "edit", contact });
  const acts: RowActs = {
    ...(canChange ? { onOpen: edit } : {}),
    ...(canDelete ? { selection } : {}),
    bulkActions: (
      <Button
        small
        variant="danger"
        icon={Trash2}
        onPress={() => open({ what: "delete", contacts: chosen })}
      >
        {t("contacts-delete-chosen")}
      </Button>
    ),
    ...(canChange || canDelete
      ? {
          rowMenu: (contact: Contact) => (
            <ContactMenu
              {...(canChange ? { onEdit: () => edit(contact) } : {})}
              {...(canDelete ? { onDelete: () => void remove(contact) } : {})}
            />
          ),
        }
      : {}),
  };
  return [acts, selection.clear];
}

/** The customer's address book. */
export function ContactsPage() {
  const t = useText();
  const may = useMay();
  const { q, sort, onSort, words } = useListAddress("name");
  const list = useContacts(q, sort);
  const [open, setOpen] = useState<Open>();
  const canAdd = may("contact", "create");
  const add = useAddButton(
    t("contacts-add"),
    canAdd,
    () => setOpen({ what: "add" }),
    useNoCustomer(),
  );
  const [acts, clear] = useRowActs(list, setOpen);
  const table: ListTableProps<Contact> = {
    name: "contacts",
    label: t("contacts-title"),
    columns: columns(t),
    rowKey: (contact) => contact.id,
    rowLabel: (contact) => contact.name,
    sort,
    onSort,
    ...acts,
    empty: (
      <EmptyState
        icon={ContactRound}
        title={t(q ? "contacts-none-found" : "contacts-none")}
        text={t(q ? "contacts-none-found-text" : "contacts-none-text")}
        actions={!q && add}
      />
    ),
  };
  return (
    <ListPage
      title={t("contacts-title")}
      intro={t("contacts-intro")}
      actions={add}
      list={list}
      search={{ label: t("contacts-search"), ...words }}
      count={(count) => t("contacts-count", { count })}
      table={table}
    >
      {open && <Opened open={open} onClose={() => setOpen(undefined)} onDeleted={clear} />}
    </ListPage>
  );
}

interface OpenedProps {
  open: Open;
  onClose: () => void;
  onDeleted: () => void;
}

/** What is open over the list, or beside it. */
function Opened({ open, onClose, onDeleted }: OpenedProps) {
  if (open.what === "delete")
    return (
      <DeleteContacts
        contacts={open.contacts}
        onClose={onClose}
        onDone={() => {
          onClose();
          onDeleted();
        }}
      />
    );
  const contact = open.what === "edit" ? open.contact : undefined;
  return <ContactPanel key={contact?.id ?? "new"} contact={contact} onClose={onClose} />;
}

/** What may be done with a contact: what is not given may not. */
function ContactMenu({ onEdit, onDelete }: { onEdit?: () => void; onDelete?: () => void }) {
  const t = useText();
  return (
    <>
      {onEdit && <MenuItem icon={Pencil} label={t("contacts-edit")} onAction={onEdit} />}
      {onDelete && (
        <MenuItem danger icon={Trash2} label={t("contacts-delete")} onAction={onDelete} />
      )}
    </>
  );
}

function ContactPanel({ contact, onClose }: { contact: Contact | undefined; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const [loaded] = useState({ name: contact?.name ?? "", target: contact?.target ?? "" });
  const form = useForm("contact", loaded);
  const { name, target } = form.values;
  /** Somebody else has changed it: the list shows theirs. */
  const lookAgain = (error: unknown): never => {
    if (error instanceof ApiError && error.status === 412)
      void client.invalidateQueries({ queryKey: ["contacts", "list"] });
    throw error;
  };
  const submit = useSubmit(
    form,
    () =>
      contact
        ? answer(
            api.PATCH("/api/v1/contacts/{id}", {
              params: { path: { id: contact.id }, header: ifMatch(contact.version) },
              body: { name: name.trim(), target: target.trim() },
            }),
          ).catch(lookAgain)
        : createContact(name.trim(), target.trim(), customer_id),
    (saved) => {
      show(client, "contacts", saved);
      void client.invalidateQueries({ queryKey: ["contacts", "list"] });
      toast({ kind: "ok", text: t("contacts-saved", { name: saved.name }) });
      onClose();
    },
  );
  const labels: Record<string, string> = { name: t("contacts-name"), target: t("contacts-target") };
  return (
    <FormPanel
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t(contact ? "contacts-edit" : "contacts-add")}
      intro={t("contacts-panel-intro")}
      action={t(contact ? "design-save" : "contacts-add")}
      onClose={onClose}
    >
      <TextField {...form.field("name")} label={t("contacts-name")} autoFocus />
      <TextField
        {...form.field("target")}
        label={t("contacts-target")}
        help={t("contacts-target-help")}
      />
    </FormPanel>
  );
}
