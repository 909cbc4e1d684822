import { useQueryClient } from "@tanstack/react-query";
import { Copy, Eye, Pencil, Plus, ShieldHalf, Trash2, X } from "lucide-react";
import { useState } from "react";
import { plain } from "../api/client";
import { set, useList } from "../api/lists";
import type { AccessProfile, Page } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { EmptyState, Notice, Pill } from "../design/display";
import { Select, TextField } from "../design/fields";
import { ListPage, type ListTableProps } from "../design/list";
import { Confirm } from "../design/confirm";
import { useForm } from "../design/form";
import { FormDialog, FormPanel, useSubmit } from "../design/form-dialog";
import { MenuItem, MenuSeparator, SidePanel } from "../design/overlays";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { roleName } from "../session/profiles";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { usesIn } from "../users/uses";
import { type GrantLine, MODELS, SCOPES, operationsOf, sameGrants, wordsOf } from "./grants";
import "./access-profiles.css";
import "./texts";

type Open = { what: "edit" | "clone" | "delete"; profile: AccessProfile };

const ROOT = "access-profiles";
const PATH = "/api/v1/access-profiles";

/** Those that come with the product belong to nobody. */
const isStandard = (profile: AccessProfile) => profile.customer_id === null;

/** The roles of a customer, and what each may do. */
export function AccessProfilesPage() {
  const t = useText();
  const may = useMay();
  const customer_id = useCustomerId();
  const { q, words } = useListAddress("name");
  const list = useList<AccessProfile>(
    ROOT,
    { customer_id, q },
    (page) => {
      const query = new URLSearchParams(set({ customer_id, q, cursor: page.cursor, sort: "name" }));
      query.set("limit", String(page.limit));
      return plain<Page<AccessProfile>>("GET", `${PATH}?${query.toString()}`);
    },
    { isReady: useCustomerKnown() },
  );
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const canClone = may("access_profile", "create");
  const mayChange = (profile: AccessProfile) =>
    may("access_profile", "update") && !isStandard(profile);
  const mayDelete = (profile: AccessProfile) =>
    may("access_profile", "delete") && !isStandard(profile);
  const table: ListTableProps<AccessProfile> = {
    name: ROOT,
    label: t("access-profiles-title"),
    columns: [
      {
        id: "name",
        label: t("access-profiles-name"),
        width: "minmax(190px, 1.2fr)",
        lead: true,
        csv: (profile) => roleName(profile.name, t),
        cell: (profile) => <b>{roleName(profile.name, t)}</b>,
      },
      {
        id: "description",
        label: t("access-profiles-description"),
        width: "minmax(240px, 2fr)",
        csv: (profile) => profile.description,
        cell: (profile) => profile.description,
      },
      {
        id: "kind",
        label: t("access-profiles-kind"),
        width: "minmax(110px, 0.6fr)",
        cell: (profile) =>
          isStandard(profile) ? (
            <Pill tone="outline">{t("access-profiles-standard")}</Pill>
          ) : (
            <Pill tone="accent">{t("access-profiles-own")}</Pill>
          ),
      },
      {
        id: "grants",
        label: t("access-profiles-grants"),
        width: "minmax(100px, 0.6fr)",
        csv: (profile) => profile.grants.map((grant) => wordsOf(grant, t)).join("; "),
        cell: (profile) => t("access-profiles-grants-count", { count: profile.grants.length }),
      },
    ],
    rowKey: (profile) => profile.id,
    rowLabel: (profile) => roleName(profile.name, t),
    onOpen: (profile) => setOpen({ what: "edit", profile }),
    rowMenu: (profile) => (
      <>
        <MenuItem
          icon={mayChange(profile) ? Pencil : Eye}
          label={t(mayChange(profile) ? "access-profiles-edit" : "access-profiles-open")}
          onAction={() => setOpen({ what: "edit", profile })}
        />
        {canClone && (
          <MenuItem
            icon={Copy}
            label={t("access-profiles-clone")}
            onAction={() => setOpen({ what: "clone", profile })}
          />
        )}
        {mayDelete(profile) && <MenuSeparator />}
        {mayDelete(profile) && (
          <MenuItem
            danger
            icon={Trash2}
            label={t("access-profiles-delete")}
            onAction={() => setOpen({ what: "delete", profile })}
          />
        )}
      </>
    ),
    empty: (
      <EmptyState
        icon={ShieldHalf}
        title={t("access-profiles-none")}
        text={t("access-profiles-none-text")}
      />
    ),
  };
  return (
    <ListPage
      title={t("access-profiles-title")}
      intro={t("access-profiles-intro")}
      list={list}
      search={{ label: t("access-profiles-search"), ...words }}
      count={(count) => t("access-profiles-count", { count })}
      table={table}
    >
      {open?.what === "edit" && (
        <ProfilePanel
          key={open.profile.id}
          profile={open.profile}
          isReadOnly={!mayChange(open.profile)}
          onClose={close}
        />
      )}
      {open?.what === "clone" && (
        <CloneDialog
          profile={open.profile}
          customerId={customer_id}
          onClose={close}
          onCloned={(profile) => setOpen({ what: "edit", profile })}
        />
      )}
      {open?.what === "delete" && <DeleteDialog profile={open.profile} onClose={close} />}
    </ListPage>
  );
}

interface CloneProps {
  profile: AccessProfile;
  customerId: string | undefined;
  onClose: () => void;
  onCloned: (profile: AccessProfile) => void;
}

function CloneDialog({ profile, customerId, onClose, onCloned }: CloneProps) {
  const t = useText();
  const client = useQueryClient();
  const form = useForm("clone", { name: "", description: profile.description });
  const submit = useSubmit(
    form,
    () =>
      plain<AccessProfile>("POST", PATH, {
        name: form.values.name.trim(),
        clone_of: profile.id,
        ...set({ customer_id: customerId, description: form.values.description.trim() }),
      }),
    (made) => {
      void client.invalidateQueries({ queryKey: [ROOT] });
      onCloned(made);
    },
  );
  const labels: Record<string, string> = {
    name: t("access-profiles-name"),
    description: t("access-profiles-description"),
  };
  return (
    <FormDialog
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t("access-profiles-clone-title", { name: roleName(profile.name, t) })}
      intro={t("access-profiles-clone-intro")}
      action={t("access-profiles-clone-do")}
      onClose={onClose}
    >
      <TextField
        {...form.field("name")}
        label={t("access-profiles-name")}
        help={t("access-profiles-name-help")}
        autoFocus
      />
      <TextField {...form.field("description")} label={t("access-profiles-description")} optional />
    </FormDialog>
  );
}

/** A type, not an interface: forms take records. */
type ProfileValues = { name: string; description: string; grants: GrantLine[] };

interface PanelProps {
  profile: AccessProfile;
  isReadOnly: boolean;
  onClose: () => void;
}

/** What a profile allows, line by line. */
function ProfilePanel({ isReadOnly, ...props }: PanelProps) {
  return isReadOnly ? <ReadPanel {...props} /> : <EditPanel {...props} />;
}

function ReadPanel({ profile, onClose }: Omit<PanelProps, "isReadOnly">) {
  const t = useText();
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={roleName(profile.name, t)}
      intro={profile.description}
      footer={<Button onPress={onClose}>{t("design-close")}</Button>}
    >
      <div className="stack">
        {isStandard(profile) && <Notice>{t("access-profiles-fixed")}</Notice>}
        <ul className="grant-words" aria-label={t("access-profiles-grants")}>
          {profile.grants.map((grant) => (
            <li key={`${grant.model} ${grant.operation} ${grant.scope}`}>{wordsOf(grant, t)}</li>
          ))}
        </ul>
      </div>
    </SidePanel>
  );
}

/** What was changed, as the server takes it. */
function changesOf(values: ProfileValues, loaded: ProfileValues) {
  return {
    ...(values.name === loaded.name ? {} : { name: values.name.trim() }),
    ...(values.description === loaded.description
      ? {}
      : { description: values.description.trim() || null }),
    ...(sameGrants(values.grants, loaded.grants) ? {} : { grants: values.grants }),
  };
}

function EditPanel({ profile, onClose }: Omit<PanelProps, "isReadOnly">) {
  const t = useText();
  const client = useQueryClient();
  const [loaded] = useState<ProfileValues>({
    name: profile.name,
    description: profile.description,
    grants: profile.grants,
  });
  const form = useForm("profile", loaded);
  const changes = changesOf(form.values, loaded);
  const isDirty = Object.keys(changes).length > 0;
  const save = useSubmit(
    form,
    () => plain<AccessProfile>("PATCH", `${PATH}/${profile.id}`, changes, profile.version),
    (saved) => {
      void client.invalidateQueries({ queryKey: [ROOT] });
      toast({ kind: "ok", text: t("access-profiles-saved", { name: saved.name }) });
      onClose();
    },
  );
  const labelOf = (field: string) => {
    const line = /^grants\[(\d+)\]/u.exec(field)?.[1];
    if (line !== undefined) return t("access-profiles-line", { line: Number(line) + 1 });
    if (field === "name") return t("access-profiles-name");
    return field === "description" ? t("access-profiles-description") : t("access-profiles-grants");
  };
  return (
    <FormPanel
      form={form}
      submit={isDirty ? save : { ...save, mutate: onClose }}
      labelOf={labelOf}
      isDirty={isDirty}
      title={roleName(profile.name, t)}
      intro={profile.description}
      action={t("design-save")}
      onClose={onClose}
      detail={usesIn}
    >
      <TextField {...form.field("name")} label={t("access-profiles-name")} />
      <TextField {...form.field("description")} label={t("access-profiles-description")} optional />
      <Grants value={form.values.grants} onChange={(grants) => form.set("grants", grants)} />
    </FormPanel>
  );
}

function Grants({
  value,
  onChange,
}: {
  value: GrantLine[];
  onChange: (value: GrantLine[]) => void;
}) {
  const t = useText();
  const word = (kind: string, id: string) =>
    t(`access-profiles-${kind}-${id === "*" ? "all" : id.replaceAll("_", "-")}`);
  const choices = (kind: string, ids: readonly string[], present: string) =>
    [...new Set([...ids, present])].map((id) => ({ id, label: word(kind, id) }));
  const change = (index: number, part: Partial<GrantLine>) =>
    onChange(value.map((grant, at) => (at === index ? { ...grant, ...part } : grant)));
  return (
    <fieldset className="grants">
      <legend>{t("access-profiles-grants")}</legend>
      {value.length === 0 && <p className="dim">{t("access-profiles-no-grants")}</p>}
      {value.map((grant, index) => (
        <div
          // Lines have no name of their own; removing one redraws those behind it.
          key={index}
          className="grant"
          role="group"
          aria-label={t("access-profiles-line", { line: index + 1 })}
        >
          <Select
            label={t("access-profiles-what")}
            hideLabel
            value={grant.operation}
            onChange={(operation) => change(index, { operation })}
            choices={choices("operation", operationsOf(grant.model), grant.operation)}
          />
          <Select
            label={t("access-profiles-on")}
            hideLabel
            value={grant.model}
            onChange={(model) =>
              change(index, {
                model,
                operation: operationsOf(model).includes(grant.operation) ? grant.operation : "read",
              })
            }
            choices={choices("model", MODELS, grant.model)}
          />
          <Select
            label={t("access-profiles-reach")}
            hideLabel
            value={grant.scope}
            onChange={(scope) => change(index, { scope })}
            choices={choices("scope", SCOPES, grant.scope)}
          />
          <IconButton
            small
            icon={X}
            label={t("access-profiles-remove-grant", { line: index + 1 })}
            onPress={() => onChange(value.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <Button
          small
          icon={Plus}
          onPress={() =>
            onChange([...value, { model: "user", operation: "read", scope: "customer" }])
          }
        >
          {t("access-profiles-add-grant")}
        </Button>
      </div>
    </fieldset>
  );
}

function DeleteDialog({ profile, onClose }: { profile: AccessProfile; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const name = roleName(profile.name, t);
  return (
    <Confirm
      danger
      icon={Trash2}
      title={t("access-profiles-delete-title", { name })}
      text={t("access-profiles-delete-text")}
      action={t("access-profiles-delete")}
      act={() => plain("DELETE", `${PATH}/${profile.id}`, undefined, profile.version)}
      onDone={() => {
        void client.invalidateQueries({ queryKey: [ROOT] });
        toast({ kind: "ok", text: t("access-profiles-deleted", { name }) });
        onClose();
      }}
      onClose={onClose}
      detail={usesIn}
    />
  );
}
