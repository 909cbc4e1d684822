import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowRight, Building2, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { answer, api, ifMatch } from "../api/client";
import { set, useList } from "../api/lists";
import type { Customer } from "../api/resources";
import { EmptyState } from "../design/display";
import { TextField } from "../design/fields";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { Confirm } from "../design/confirm";
import { useForm } from "../design/form";
import { FormDialog, useSubmit } from "../design/form-dialog";
import { MenuItem, MenuSeparator } from "../design/overlays";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { When } from "../design/time";
import { toast } from "../design/toast";
import { useMay } from "../session/session";
import { useListAddress } from "../shell/list-address";
import { usesIn } from "../users/uses";
import "./texts";

type Open =
  { what: "edit"; customer: Customer | undefined } | { what: "delete"; customer: Customer };

function columns(t: Text): Column<Customer>[] {
  return [
    {
      id: "name",
      label: t("customers-name"),
      width: "minmax(200px, 1.4fr)",
      lead: true,
      sort: "name",
      csv: (customer) => customer.name,
      cell: (customer) => <b>{customer.name}</b>,
    },
    {
      id: "account",
      label: t("customers-account"),
      width: "minmax(130px, 0.8fr)",
      sort: "account_name",
      csv: (customer) => customer.account_name,
      cell: (customer) => <code>{customer.account_name}</code>,
    },
    {
      id: "domain",
      label: t("customers-domain"),
      width: "minmax(200px, 1.2fr)",
      csv: (customer) => customer.sip_domain,
      cell: (customer) => <code>{customer.sip_domain}</code>,
    },
    {
      id: "created",
      label: t("customers-created"),
      width: "minmax(160px, 1fr)",
      sort: "created_at",
      csv: (customer) => customer.created_at,
      cell: (customer) => <When at={customer.created_at} />,
    },
  ];
}

/** The companies on this server, for the provider. */
export function CustomersPage() {
  const t = useText();
  const may = useMay();
  const navigate = useNavigate();
  const { q, sort, onSort, words } = useListAddress("name");
  const filters = { q, sort };
  const list = useList<Customer>("customers", filters, (page, signal) =>
    answer(
      api.GET("/api/v1/customers", { params: { query: { ...set(filters), ...page } }, signal }),
    ),
  );
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const look = (customer: Customer) =>
    void navigate({ to: "/users", search: { customer: customer.id } });
  const canAdd = may("customer", "create");
  const add = useAddButton(t("customers-add"), canAdd, () =>
    setOpen({ what: "edit", customer: undefined }),
  );
  const table: ListTableProps<Customer> = {
    name: "customers",
    label: t("customers-title"),
    columns: columns(t),
    rowKey: (customer) => customer.id,
    rowLabel: (customer) => customer.name,
    sort,
    onSort,
    onOpen: look,
    rowMenu: (customer) => (
      <CustomerMenu customer={customer} onLook={() => look(customer)} onOpen={setOpen} />
    ),
    empty: (
      <EmptyState
        icon={Building2}
        title={t(q ? "customers-none-found" : "customers-none")}
        text={t(q ? "customers-none-found-text" : "customers-none-text")}
        actions={!q && add}
      />
    ),
  };
  return (
    <ListPage
      title={t("customers-title")}
      intro={t("customers-intro")}
      actions={add}
      list={list}
      search={{ label: t("customers-search"), ...words }}
      count={(count) => t("customers-count", { count })}
      table={table}
    >
      {open?.what === "edit" && <EditCustomer customer={open.customer} onClose={close} />}
      {open?.what === "delete" && <DeleteCustomer customer={open.customer} onClose={close} />}
    </ListPage>
  );
}

interface CustomerMenuProps {
  customer: Customer;
  onLook: () => void;
  onOpen: (open: Open) => void;
}

function CustomerMenu({ customer, onLook, onOpen }: CustomerMenuProps) {
  const t = useText();
  const may = useMay();
  return (
    <>
      <MenuItem icon={ArrowRight} label={t("customers-look")} onAction={onLook} />
      {may("customer", "update") && (
        <MenuItem
          icon={Pencil}
          label={t("customers-edit")}
          onAction={() => onOpen({ what: "edit", customer })}
        />
      )}
      {may("customer", "delete") && <MenuSeparator />}
      {may("customer", "delete") && (
        <MenuItem
          danger
          icon={Trash2}
          label={t("customers-delete")}
          onAction={() => onOpen({ what: "delete", customer })}
        />
      )}
    </>
  );
}

function EditCustomer(props: { customer: Customer | undefined; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const { customer, onClose } = props;
  const [loaded] = useState({
    name: customer?.name ?? "",
    account_name: customer?.account_name ?? "",
  });
  const form = useForm("customer", loaded);
  const labels: Record<string, string> = {
    name: t("customers-name"),
    account_name: t("customers-account"),
  };
  const submit = useSubmit(
    form,
    () => {
      const body = { name: form.values.name.trim(), account_name: form.values.account_name.trim() };
      return customer
        ? answer(
            api.PATCH("/api/v1/customers/{id}", {
              params: { path: { id: customer.id }, header: ifMatch(customer.version) },
              body,
            }),
          )
        : answer(api.POST("/api/v1/customers", { body }));
    },
    (saved) => {
      void client.invalidateQueries({ queryKey: ["customers"] });
      toast({ kind: "ok", text: t("customers-saved", { name: saved.name }) });
      onClose();
    },
  );
  return (
    <FormDialog
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t(customer ? "customers-edit" : "customers-add")}
      action={t(customer ? "design-save" : "customers-add")}
      onClose={onClose}
    >
      <TextField {...form.field("name")} label={t("customers-name")} autoFocus />
      <TextField
        {...form.field("account_name")}
        label={t("customers-account")}
        help={t("customers-account-help")}
      />
    </FormDialog>
  );
}

function DeleteCustomer({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  return (
    <Confirm
      danger
      title={t("customers-delete-title", { name: customer.name })}
      text={t("customers-delete-text")}
      action={t("customers-delete")}
      isDisabled={typed.trim() !== customer.account_name}
      act={() =>
        answer(api.DELETE("/api/v1/customers/{id}", { params: { path: { id: customer.id } } }))
      }
      onDone={() => {
        void client.invalidateQueries({ queryKey: ["customers"] });
        toast({ kind: "ok", text: t("customers-deleted", { name: customer.name }) });
        onClose();
      }}
      onClose={onClose}
      detail={usesIn}
    >
      <TextField
        label={t("customers-delete-type", { account: customer.account_name })}
        value={typed}
        onChange={setTyped}
        autoComplete="off"
      />
    </Confirm>
  );
}
