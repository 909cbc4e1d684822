import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { Form } from "react-aria-components";
import { answer, api } from "../api/client";
import { explain, fieldProblems } from "../api/errors";
import { set, useList } from "../api/lists";
import type { ApiKey, CreatedApiKey } from "../api/resources";
import { Button } from "../design/button";
import { EmptyState, Notice, SecretOnce } from "../design/display";
import { Select, TextField } from "../design/fields";
import { useShortcuts } from "../design/hooks";
import { ListPage, type ListTableProps } from "../design/list";
import { Dialog, MenuItem } from "../design/overlays";
import { useText } from "../design/texts";
import { Ago, When } from "../design/time";
import { toast } from "../design/toast";
import { profilesQuery, roleName } from "../session/profiles";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import "./texts";

type Open =
  { what: "add" } | { what: "secret"; key: CreatedApiKey } | { what: "delete"; key: ApiKey };

/** Keys with which programs use the API. */
export function ApiKeysPage() {
  const t = useText();
  const may = useMay();
  const customer_id = useCustomerId();
  const filters = { customer_id };
  const list = useList<ApiKey>(
    "api-keys",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/api-keys", { params: { query: { ...set(filters), ...page } }, signal }),
      ),
    { isReady: useCustomerKnown() },
  );
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const canAdd = may("api_key", "create");
  useShortcuts(
    useMemo(() => ({ n: canAdd ? () => setOpen({ what: "add" }) : undefined }), [canAdd]),
  );
  const add = canAdd && (
    <Button variant="primary" icon={Plus} onPress={() => setOpen({ what: "add" })}>
      {t("api-keys-add")}
    </Button>
  );
  const table: ListTableProps<ApiKey> = {
    name: "api-keys",
    label: t("api-keys-title"),
    columns: [
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
    ],
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
      {open?.what === "secret" && (
        <Dialog
          isOpen
          isDismissable={false}
          onClose={close}
          title={open.key.name}
          footer={
            <Button variant="primary" onPress={close}>
              {t("api-keys-done")}
            </Button>
          }
        >
          <SecretOnce
            items={[{ label: t("api-keys-key"), value: open.key.key }]}
            use={t("api-keys-use")}
          />
        </Dialog>
      )}
    </ListPage>
  );
}

function DeleteKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      answer(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id: apiKey.id } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["api-keys", "list"] });
      toast({ kind: "ok", text: t("api-keys-deleted", { name: apiKey.name }) });
      onClose();
    },
    meta: { quiet: true },
  });
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={onClose}
      title={t("api-keys-delete-title", { name: apiKey.name })}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button
            variant="danger-fill"
            isPending={remove.isPending}
            onPress={() => remove.mutate()}
          >
            {t("api-keys-delete")}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t("api-keys-delete-text")}</p>
        {remove.error && <Notice tone="bad">{explain(remove.error, t)}</Notice>}
      </div>
    </Dialog>
  );
}

function AddKey({
  onClose,
  onAdded,
}: {
  onClose: () => void;
  onAdded: (key: CreatedApiKey) => void;
}) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const profiles = useQuery(profilesQuery);
  const [name, setName] = useState("");
  const [profile, setProfile] = useState("read_only");
  const add = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/api-keys", {
          body: { name: name.trim(), profile, ...set({ customer_id }) },
        }),
      ),
    onSuccess: (key) => {
      void client.invalidateQueries({ queryKey: ["api-keys", "list"] });
      onAdded(key);
    },
    meta: { quiet: true },
  });
  const problems = fieldProblems(add.error);
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  const items = profiles.data?.items ?? [];
  return (
    <Dialog
      isOpen
      isDirty={name !== ""}
      onClose={onClose}
      title={t("api-keys-add")}
      intro={t("api-keys-add-intro")}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button type="submit" form="new-key" variant="primary" isPending={add.isPending}>
            {t("api-keys-add")}
          </Button>
        </>
      }
    >
      <Form
        validationBehavior="aria"
        id="new-key"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!add.isPending) add.mutate();
        }}
      >
        {add.error && !errorOf("name") && !errorOf("profile") && (
          <Notice tone="bad">{problems[0]?.message ?? explain(add.error, t)}</Notice>
        )}
        <TextField
          label={t("api-keys-name")}
          help={t("api-keys-name-help")}
          value={name}
          onChange={setName}
          error={errorOf("name")}
          autoFocus
        />
        <Select
          label={t("api-keys-profile")}
          help={items.find((one) => one.name === profile)?.description ?? ""}
          value={profile}
          onChange={setProfile}
          error={errorOf("profile")}
          choices={items.map((one) => ({ id: one.name, label: roleName(one.name, t) }))}
        />
      </Form>
    </Dialog>
  );
}
