import { useQueryClient } from "@tanstack/react-query";
import { MapPin, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { answer, api, ifMatch } from "../api/client";
import { set, useList } from "../api/lists";
import type { Site } from "../api/resources";
import { EmptyState } from "../design/display";
import { Select, TextField } from "../design/fields";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { Confirm } from "../design/confirm";
import { type FormState, useForm } from "../design/form";
import { FormDialog, useSubmit } from "../design/form-dialog";
import { MenuItem } from "../design/overlays";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { toast } from "../design/toast";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown, useNoCustomer } from "../shell/customer";
import { usesIn } from "../users/uses";
import "./texts";

const TONES = ["europe", "north_america", "united_kingdom"] as const;

type Open = { what: "edit"; site: Site | undefined } | { what: "delete"; site: Site };

function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function columns(t: Text): Column<Site>[] {
  return [
    {
      id: "name",
      label: t("sites-name"),
      width: "minmax(200px, 1.4fr)",
      lead: true,
      csv: (site) => site.name,
      cell: (site) => <b>{site.name}</b>,
    },
    {
      id: "country",
      label: t("sites-country"),
      width: "minmax(150px, 1fr)",
      csv: (site) => site.country,
      cell: (site) => countryName(site.country),
    },
    {
      id: "zone",
      label: t("sites-time-zone"),
      width: "minmax(160px, 1fr)",
      csv: (site) => site.time_zone,
      cell: (site) => site.time_zone,
    },
    {
      id: "tones",
      label: t("sites-tones"),
      width: "minmax(150px, 1fr)",
      csv: (site) => site.tones,
      cell: (site) => t(`sites-tones-${site.tones.replaceAll("_", "-")}`),
    },
  ];
}

function useSites() {
  const filters = { customer_id: useCustomerId(), sort: "name" };
  return useList<Site>(
    "sites",
    filters,
    (page, signal) =>
      answer(api.GET("/api/v1/sites", { params: { query: { ...set(filters), ...page } }, signal })),
    { isReady: useCustomerKnown() },
  );
}

/** The locations of a customer. */
export function SitesPage() {
  const t = useText();
  const may = useMay();
  const list = useSites();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const canChange = may("site", "update");
  const canDelete = may("site", "delete");
  const canAdd = may("site", "create");
  const add = useAddButton(
    t("sites-add"),
    canAdd,
    () => setOpen({ what: "edit", site: undefined }),
    useNoCustomer(),
  );
  const table: ListTableProps<Site> = {
    name: "sites",
    label: t("sites-title"),
    columns: columns(t),
    rowKey: (site) => site.id,
    rowLabel: (site) => site.name,
    ...(canChange ? { onOpen: (site: Site) => setOpen({ what: "edit", site }) } : {}),
    ...(canChange || canDelete
      ? {
          rowMenu: (site: Site) => <SiteMenu site={site} onOpen={setOpen} />,
        }
      : {}),
    empty: (
      <EmptyState icon={MapPin} title={t("sites-none")} text={t("sites-none-text")} actions={add} />
    ),
  };
  return (
    <ListPage
      title={t("sites-title")}
      intro={t("sites-intro")}
      actions={add}
      list={list}
      count={(count) => t("sites-count", { count })}
      table={table}
    >
      {open?.what === "edit" && <EditSite site={open.site} onClose={close} />}
      {open?.what === "delete" && <DeleteSite site={open.site} onClose={close} />}
    </ListPage>
  );
}

function SiteMenu({ site, onOpen }: { site: Site; onOpen: (open: Open) => void }) {
  const t = useText();
  const may = useMay();
  return (
    <>
      {may("site", "update") && (
        <MenuItem
          icon={Pencil}
          label={t("sites-edit")}
          onAction={() => onOpen({ what: "edit", site })}
        />
      )}
      {may("site", "delete") && (
        <MenuItem
          danger
          icon={Trash2}
          label={t("sites-delete")}
          onAction={() => onOpen({ what: "delete", site })}
        />
      )}
    </>
  );
}

function zones(present: string): { id: string; label: string }[] {
  const all = new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);
  if (present) all.add(present);
  return [...all].map((zone) => ({ id: zone, label: zone.replaceAll("_", " ") }));
}

type SiteValues = Pick<Site, "name" | "country" | "time_zone" | "tones">;

function EditSite({ site, onClose }: { site: Site | undefined; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const [loaded] = useState<SiteValues>({
    name: site?.name ?? "",
    country: site?.country ?? "",
    time_zone: site?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    tones: site?.tones ?? "europe",
  });
  const form = useForm("site", loaded);
  const labels: Record<string, string> = {
    name: t("sites-name"),
    country: t("sites-country"),
    time_zone: t("sites-time-zone"),
    tones: t("sites-tones"),
    customer_id: t("shell-customer"),
  };
  const submit = useSubmit(
    form,
    () => {
      const body = {
        ...form.values,
        name: form.values.name.trim(),
        country: form.values.country.trim().toUpperCase(),
      };
      return site
        ? answer(
            api.PATCH("/api/v1/sites/{id}", {
              params: { path: { id: site.id }, header: ifMatch(site.version) },
              body,
            }),
          )
        : answer(api.POST("/api/v1/sites", { body: { ...body, ...set({ customer_id }) } }));
    },
    (saved) => {
      void client.invalidateQueries({ queryKey: ["sites"] });
      toast({ kind: "ok", text: t("customers-saved", { name: saved.name }) });
      onClose();
    },
  );
  return (
    <FormDialog
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t(site ? "sites-edit" : "sites-add")}
      action={t(site ? "design-save" : "sites-add")}
      onClose={onClose}
    >
      <SiteFields form={form} zone={loaded.time_zone} />
    </FormDialog>
  );
}

function SiteFields({ form, zone }: { form: FormState<SiteValues>; zone: string }) {
  const t = useText();
  return (
    <>
      <TextField {...form.field("name")} label={t("sites-name")} autoFocus />
      <div className="pair">
        <TextField
          {...form.field("country")}
          label={t("sites-country")}
          help={t("sites-country-help")}
          maxLength={2}
        />
        <Select {...form.field("time_zone")} label={t("sites-time-zone")} choices={zones(zone)} />
      </div>
      <Select
        {...form.field("tones")}
        label={t("sites-tones")}
        help={t("sites-tones-help")}
        choices={TONES.map((id) => ({ id, label: t(`sites-tones-${id.replaceAll("_", "-")}`) }))}
      />
    </>
  );
}

function DeleteSite({ site, onClose }: { site: Site; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  return (
    <Confirm
      danger
      title={t("sites-delete-title", { name: site.name })}
      text={t("sites-delete-text")}
      action={t("sites-delete")}
      act={() => answer(api.DELETE("/api/v1/sites/{id}", { params: { path: { id: site.id } } }))}
      onDone={() => {
        void client.invalidateQueries({ queryKey: ["sites"] });
        toast({ kind: "ok", text: t("customers-deleted", { name: site.name }) });
        onClose();
      }}
      onClose={onClose}
      detail={usesIn}
    />
  );
}
