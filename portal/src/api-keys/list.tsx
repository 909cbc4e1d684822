import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../api/client";
import { set, useList } from "../api/lists";
import type { ApiKey, CreatedApiKey } from "../api/resources";
import { Button } from "../design/button";
import { EmptyState, SecretOnce } from "../design/display";
import { Confirm } from "../design/confirm";
import { Select, TextField } from "../design/fields";
import { useForm } from "../design/form";
import { FormDialog, useSubmit } from "../design/form-dialog";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { Dialog, MenuItem } from "../design/overlays";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { Ago, When } from "../design/time";
import { toast } from "../design/toast";
import { profilesQuery, roleName } from "../session/profiles";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import "./texts";

type Open =
  { what: "add" } | { what: "secret"; key: CreatedApiKey } | { what: "delete"; key: ApiKey };

const NEW = { name: "", profile: "read_only" };

function columns(t: Text): Column<ApiKey>[] {
  return [
    {
      id: "name",
      label: t("api-keys-name"),
      width: "minmax(200px, 1.4fr)",
      lead: true,
      csv: (key) => key.name,
      cell: (key) => <b>{key.name}</b>,
    },
    {
      id: "profile",
      label: t("api-keys-profile"),
      width: "minmax(160px, 1fr)",
      csv: (key) => key.profile,
      cell: (key) => roleName(key.profile, t),
    },
    {
      id: "created",
      label: t("api-keys-created"),
      width: "minmax(160px, 1fr)",
      csv: (key) => key.created_at,
      cell: (key) => <When at={key.created_at} />,
    },
    {
      id: "used",
      label: t("api-keys-used"),
      width: "minmax(140px, 1fr)",
      csv: (key) => key.last_used_at ?? "",
      cell: (key) =>
        key.last_used_at ? (
          <Ago at={key.last_used_at} />
        ) : (
          <span className="dim">{t("api-keys-never")}</span>
        ),
    },
  ];
}

function useApiKeys() {
  const filters = { customer_id: useCustomerId() };
  return useList<ApiKey>(
    "api-keys",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/api-keys", { params: { query: { ...set(filters), ...page } }, signal }),
      ),
    { isReady: useCustomerKnown() },
  );
}

/** Keys with which programs use the API. */
export function ApiKeysPage() {
  const t = useText();
  const may = useMay();
  const list = useApiKeys();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const canAdd = may("api_key", "create");
  const add = useAddButton(t("api-keys-add"), canAdd, () => setOpen({ what: "add" }));
  const table: ListTableProps<ApiKey> = {
    name: "api-keys",
    label: t("api-keys-title"),
    columns: columns(t),
    rowKey: (key) => key.id,
    rowLabel: (key) => key.name,
    ...(may("api_key", "delete")
      ? {
          rowMenu: (key: ApiKey) => (
            <MenuItem
              danger
              icon={Trash2}
              label={t("api-keys-delete")}
              onAction={() => setOpen({ what: "delete", key })}
            />
          ),
        }
      : {}),
    empty: (
      <EmptyState
        icon={KeyRound}
        title={t("api-keys-none")}
        text={t("api-keys-none-text")}
        actions={add}
      />
    ),
  };
  return (
    <ListPage
      title={t("api-keys-title")}
      intro={t("api-keys-intro")}
      actions={add}
      list={list}
      count={(count) => t("api-keys-count", { count })}
      table={table}
    >
      {open?.what === "add" && (
        <AddKey onClose={close} onAdded={(key) => setOpen({ what: "secret", key })} />
      )}
      {open?.what === "delete" && <DeleteKey apiKey={open.key} onClose={close} />}
      {open?.what === "secret" && <Secret created={open.key} onClose={close} />}
    </ListPage>
  );
}

/** The key itself: only now is it to be had. */
function Secret({ created, onClose }: { created: CreatedApiKey; onClose: () => void }) {
  const t = useText();
  return (
    <Dialog
      isOpen
      isDismissable={false}
      onClose={onClose}
      title={created.name}
      footer={
        <Button variant="primary" onPress={onClose}>
          {t("api-keys-done")}
        </Button>
      }
    >
      <SecretOnce
        items={[{ label: t("api-keys-key"), value: created.key }]}
        use={t("api-keys-use")}
      />
    </Dialog>
  );
}

function DeleteKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  return (
    <Confirm
      danger
      title={t("api-keys-delete-title", { name: apiKey.name })}
      text={t("api-keys-delete-text")}
      action={t("api-keys-delete")}
      act={() =>
        answer(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id: apiKey.id } } }))
      }
      onDone={() => {
        void client.invalidateQueries({ queryKey: ["api-keys", "list"] });
        toast({ kind: "ok", text: t("api-keys-deleted", { name: apiKey.name }) });
        onClose();
      }}
      onClose={onClose}
    />
  );
}

function AddKey(props: { onClose: () => void; onAdded: (key: CreatedApiKey) => void }) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const profiles = useQuery(profilesQuery(customer_id));
  const form = useForm("new-key", NEW);
  const { name, profile } = form.values;
  const submit = useSubmit(
    form,
    () =>
      answer(
        api.POST("/api/v1/api-keys", {
          body: { name: name.trim(), profile, ...set({ customer_id }) },
        }),
      ),
    (key) => {
      void client.invalidateQueries({ queryKey: ["api-keys", "list"] });
      props.onAdded(key);
    },
  );
  const labels: Record<string, string> = {
    name: t("api-keys-name"),
    profile: t("api-keys-profile"),
  };
  const items = profiles.data?.items ?? [];
  return (
    <FormDialog
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t("api-keys-add")}
      intro={t("api-keys-add-intro")}
      action={t("api-keys-add")}
      onClose={props.onClose}
    >
      <TextField
        {...form.field("name")}
        label={t("api-keys-name")}
        help={t("api-keys-name-help")}
        autoFocus
      />
      <Select
        {...form.field("profile")}
        label={t("api-keys-profile")}
        help={items.find((one) => one.name === profile)?.description ?? ""}
        choices={items.map((one) => ({ id: one.name, label: roleName(one.name, t) }))}
      />
    </FormDialog>
  );
}
