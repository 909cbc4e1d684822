import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ApiError } from "../api/client";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import { show, useDeleted } from "../api/live";
import type { User } from "../api/resources";
import { Button } from "../design/button";
import {
  BackArrow,
  Card,
  ErrorState,
  ForbiddenState,
  Notice,
  PageHead,
  Pill,
  SkeletonLines,
} from "../design/display";
import { TabPanel, Tabs } from "../design/tabs";
import { FormSummary, SaveBar, nest, useForm } from "../design/form";
import { useSaving } from "../design/saving";
import { type Text, useText } from "../design/texts";
import { toast } from "../design/toast";
import { roleName } from "../session/profiles";
import { useMayOn } from "../session/covers";
import DeleteUsers from "./delete";
import { FeaturesTab } from "./features";
import { GeneralTab, type UserTabProps } from "./general";
import { PresencePill } from "./presence";
import { type UserChanges, updateUser, userQuery } from "./queries";
import { type Rights, rightsOn } from "./rights";
import { SipTab } from "./sip";
import "./users.css";
import "./texts";

export const userTabs = ["general", "features", "sip"] as const;
export type UserTab = (typeof userTabs)[number];

/** The fields of a person as the form has them: flat, named as in the API. */
export function flatten(user: User) {
  return {
    first_name: user.first_name,
    last_name: user.last_name ?? "",
    email: user.email ?? "",
    username: user.username,
    password: "",
    role: user.role,
    site_id: user.site_id ?? "",
    extension: user.extension ?? "",
    "security.max_calls": user.security.max_calls as number | null,
    "advanced.disabled": user.advanced.disabled,
    "features.ring_time": user.features.ring_time as number | null,
    "features.no_answer": user.features.no_answer,
    "features.busy": user.features.busy,
    "features.offline": user.features.offline,
    "features.call_waiting": user.features.call_waiting,
    "features.do_not_disturb": user.features.do_not_disturb,
  };
}

export type UserValues = ReturnType<typeof flatten>;

/** Empty means none for these; the others cannot be empty and the server says so. */
const CLEARABLE = new Set(["last_name", "extension"]);

/** The PATCH that brings the changed fields to the server. */
export function changesOf(values: UserValues, changed: (keyof UserValues)[]): UserChanges {
  const flat = Object.fromEntries(
    changed.map((name) => {
      const value = values[name];
      return [name, value === "" && CLEARABLE.has(name) ? null : value];
    }),
  );
  return nest(flat);
}

export function labelsOf(t: Text): Record<keyof UserValues, string> {
  return {
    first_name: t("users-first-name"),
    last_name: t("users-last-name"),
    email: t("users-email"),
    username: t("users-username"),
    password: t("users-new-password"),
    role: t("users-role"),
    site_id: t("users-site"),
    extension: t("users-extension"),
    "security.max_calls": t("users-max-calls"),
    "advanced.disabled": t("users-disabled"),
    "features.ring_time": t("users-ring-time"),
    "features.no_answer": t("users-no-answer"),
    "features.busy": t("users-busy"),
    "features.offline": t("users-offline"),
    "features.call_waiting": t("users-call-waiting"),
    "features.do_not_disturb": t("users-do-not-disturb"),
  };
}

function tabOf(field: string): UserTab {
  return field.startsWith("features.") ? "features" : "general";
}

/** A field of a nested value belongs to the field that the form shows: `features.busy.target`. */
export function formField(field: string): string {
  const match = /^features\.(no_answer|busy|offline)\b/u.exec(field);
  return match ? match[0] : field;
}

/** One person, all settings behind one Save. */
export function UserPage() {
  const { userId } = useParams({ from: "/frame/users/$userId" });
  const user = useQuery(userQuery(userId));
  const t = useText();
  if (user.data) return <Editor user={user.data} key={user.data.id} />;
  if (user.error instanceof ApiError && user.error.status === 403) return <ForbiddenState />;
  if (user.error)
    return <ErrorState message={explain(user.error, t)} onRetry={() => void user.refetch()} />;
  return (
    <div className="page narrow">
      <SkeletonLines lines={6} />
    </div>
  );
}

function useUserForm(user: User) {
  const t = useText();
  const client = useQueryClient();
  const form = useForm("user", flatten(user));
  const saving = useSaving({
    form,
    record: user,
    send: ({ values, changed }, version) =>
      updateUser(user.id, changesOf(values, changed), version),
    onSaved: (saved) => {
      client.setQueryData(keys.user(user.id), saved);
      show(client, "users", saved);
      toast({ kind: "ok", text: t("users-saved") });
    },
    look: () => client.query({ ...userQuery(user.id), staleTime: 0 }),
    fieldOf: formField,
  });
  return { form, saving };
}

function Editor({ user }: { user: User }) {
  const t = useText();
  const navigate = useNavigate({ from: "/users/$userId" });
  const { tab = "general" } = useSearch({ from: "/frame/users/$userId" });
  const setTab = (next: UserTab) =>
    void navigate({ search: (before) => ({ ...before, tab: next }), replace: true });
  const { form, saving } = useUserForm(user);
  const [deleting, setDeleting] = useState(false);
  const names: Partial<Record<string, string>> = labelsOf(t);
  const labelOf = (field: string) => names[field] ?? field;
  const isGone = useDeleted(user.id);
  const may = rightsOn(useMayOn(), user, isGone);
  return (
    <div className="page narrow">
      <Head
        user={user}
        actions={
          may.delete && (
            <Button variant="danger" icon={Trash2} onPress={() => setDeleting(true)}>
              {t("users-delete")}
            </Button>
          )
        }
      />
      {isGone && (
        <div role="alert">
          <Notice tone="warn">{t("users-gone", { name: user.name })}</Notice>
        </div>
      )}
      {saving.isConflict && (
        <div role="alert">
          <Notice tone="warn">{t("users-conflict", { name: user.name })}</Notice>
        </div>
      )}
      <FormSummary
        form="user"
        problems={form.problems}
        labelOf={labelOf}
        onGo={(field) => setTab(tabOf(field))}
      />
      {saving.error && <Notice tone="bad">{explain(saving.error, t)}</Notice>}
      <Settings user={user} form={form} may={may} tab={tab} onTab={setTab} />
      <SaveBar {...saving.bar} labelOf={labelOf} />
      {deleting && (
        <DeleteUsers
          users={[user]}
          onClose={() => setDeleting(false)}
          onDone={() => void navigate({ to: "/users" })}
        />
      )}
    </div>
  );
}

function Head({ user, actions }: { user: User; actions: ReactNode }) {
  const t = useText();
  return (
    <PageHead
      back={
        <Link to="/users" className="back">
          <BackArrow /> {t("users-edit-back")}
        </Link>
      }
      title={user.name}
      sub={
        <>
          <PresencePill state={user.state} />
          {user.extension && <Pill tone="outline">{user.extension}</Pill>}
          <span>{roleName(user.role, t)}</span>
        </>
      }
      actions={actions}
    />
  );
}

interface SettingsProps extends Omit<UserTabProps, "isReadOnly"> {
  may: Rights;
  tab: UserTab;
  onTab: (tab: UserTab) => void;
}

/** Everything about the person, by tabs. */
function Settings({ user, form, may, tab, onTab }: SettingsProps) {
  const t = useText();
  // The provider's own people have none.
  const hasPhones = user.customer_id !== null;
  const bad = new Set(form.problems.map((problem) => tabOf(problem.field)));
  return (
    <Tabs
      label={user.name}
      value={hasPhones ? tab : "general"}
      onChange={onTab}
      items={[
        { id: "general", label: t("users-tab-general"), hasError: bad.has("general") },
        ...(hasPhones
          ? [
              {
                id: "features" as const,
                label: t("users-tab-features"),
                hasError: bad.has("features"),
              },
              { id: "sip" as const, label: t("users-tab-sip"), count: user.devices.length },
            ]
          : []),
      ]}
    >
      <TabPanel id="general">
        <Card>
          {may.update && !may.updateAll && <p className="help">{t("users-general-own")}</p>}
          <GeneralTab user={user} form={form} isReadOnly={!may.updateAll} />
        </Card>
      </TabPanel>
      {hasPhones && (
        <>
          <TabPanel id="features">
            <FeaturesTab user={user} form={form} isReadOnly={!may.update} />
          </TabPanel>
          <TabPanel id="sip">
            <SipTab user={user} />
          </TabPanel>
        </>
      )}
    </Tabs>
  );
}
