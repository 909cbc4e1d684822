import { useQueryClient } from "@tanstack/react-query";
import { Copy, Eye, Pencil, ShieldHalf, Trash2 } from "lucide-react";
import { useState } from "react";
import { plain } from "../api/client";
import { set } from "../api/lists";
import type { AccessProfile } from "../api/resources";
import { EmptyState, Pill } from "../design/display";
import { TextField } from "../design/fields";
import { ListPage, type ListTableProps } from "../design/list";
import { Confirm } from "../design/confirm";
import { useForm } from "../design/form";
import { FormDialog, useSubmit } from "../design/form-dialog";
import { MenuItem, MenuSeparator } from "../design/overlays";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { toast } from "../design/toast";
import { roleName } from "../session/profiles";
import { useMay } from "../session/session";
import { useCustomerId } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { usesIn } from "../users/uses";
import { wordsOf } from "./grants";
import { ProfilePanel } from "./panel";
import { PATH, ROOT, isStandard, useProfiles } from "./queries";
import "./texts";

type Open = { what: "edit" | "clone" | "delete"; profile: AccessProfile };

function columns(t: Text): Column<AccessProfile>[] {
  return [
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
  ];
}

/** The roles of a customer, and what each may do. */
export function AccessProfilesPage() {
  const t = useText();
  const may = useMay();
  const customer_id = useCustomerId();
  const { q, words } = useListAddress("name");
  const list = useProfiles(customer_id, q);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const mayChange = (profile: AccessProfile) =>
    may("access_profile", "update") && !isStandard(profile);
  const table: ListTableProps<AccessProfile> = {
    name: ROOT,
    label: t("access-profiles-title"),
    columns: columns(t),
    rowKey: (profile) => profile.id,
    rowLabel: (profile) => roleName(profile.name, t),
    onOpen: (profile) => setOpen({ what: "edit", profile }),
    rowMenu: (profile) => (
      <ProfileMenu profile={profile} mayChange={mayChange(profile)} onOpen={setOpen} />
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

interface ProfileMenuProps {
  profile: AccessProfile;
  mayChange: boolean;
  onOpen: (open: Open) => void;
}

function ProfileMenu({ profile, mayChange, onOpen }: ProfileMenuProps) {
  const t = useText();
  const may = useMay();
  const mayDelete = may("access_profile", "delete") && !isStandard(profile);
  return (
    <>
      <MenuItem
        icon={mayChange ? Pencil : Eye}
        label={t(mayChange ? "access-profiles-edit" : "access-profiles-open")}
        onAction={() => onOpen({ what: "edit", profile })}
      />
      {may("access_profile", "create") && (
        <MenuItem
          icon={Copy}
          label={t("access-profiles-clone")}
          onAction={() => onOpen({ what: "clone", profile })}
        />
      )}
      {mayDelete && <MenuSeparator />}
      {mayDelete && (
        <MenuItem
          danger
          icon={Trash2}
          label={t("access-profiles-delete")}
          onAction={() => onOpen({ what: "delete", profile })}
        />
      )}
    </>
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
