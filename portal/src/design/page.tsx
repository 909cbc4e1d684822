import { Bell, Plus, Trash2, Users, Video } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { List } from "../api/lists";
import { Button, IconButton, Kbd, LinkButton } from "./button";
import ColumnChooser from "./column-chooser";
import { Confirm } from "./confirm";
import {
  Avatar,
  BackArrow,
  Card,
  CopyButton,
  EmptyState,
  ErrorState,
  ForbiddenState,
  Notice,
  PageHead,
  Pill,
  ProgressBar,
  SecretOnce,
  Skeleton,
  SkeletonLines,
} from "./display";
import { TabPanel, Tabs } from "./tabs";
import { NumberField, RadioGroup, Select, TextField } from "./fields";
import { Checkbox } from "./checkbox";
import { SearchField } from "./search-field";
import { Switch } from "./switch";
import { FilterChip, SearchChip } from "./filters";
import { FormSummary, SaveBar, Section, useForm } from "./form";
import { FormBody, FormDialog, FormPanel } from "./form-dialog";
import { ListFrame, TableList } from "./list";
import { Dialog, Menu, MenuItem, MenuSeparator, SidePanel } from "./overlays";
import { Progress } from "./progress";
import SearchList from "./search-list";
import { SearchMenu } from "./search-menu";
import { SearchPicker } from "./search-picker";
import { useSelection } from "./selection";
import { Table, TableTools, type TableProps, TroubleLine } from "./table";
import { Ago, Clock, Seconds, When } from "./time";
import { toast } from "./toast";
import Toasts from "./toasts";
import "./page.css";

/** Every component in every state, for eyes. Only in development builds; its words stay here. */
export function DesignPage() {
  return (
    <main className="design-page page">
      <PageHead
        title="Components"
        sub="Every one in every state, in light and dark."
        back={
          <LinkButton className="back">
            <BackArrow /> Back
          </LinkButton>
        }
        actions={<Button>An action</Button>}
      />
      <Group title="Buttons">
        <Buttons />
      </Group>
      <Group title="Fields">
        <Fields />
      </Group>
      <Group title="What is read">
        <Display />
      </Group>
      <Group title="Table">
        <Rows />
        <RowStates />
      </Group>
      <Group title="List with its tools">
        <Lists />
      </Group>
      <Group title="Searches over a list">
        <Searches />
      </Group>
      <Group title="Forms and acts on several">
        <Forms />
      </Group>
      <Group title="Short forms">
        <ShortForms />
      </Group>
      <Group title="States of a page">
        <PageStates />
      </Group>
      <Group title="Overlays">
        <Overlays />
      </Group>
      <Toasts />
    </main>
  );
}

function PageStates() {
  return (
    <div className="design-columns">
      <Card>
        <EmptyState
          icon={Users}
          title="Nobody yet"
          text="What it is for, and the first step."
          actions={<Button variant="primary">Add one</Button>}
        />
      </Card>
      <Card>
        <ErrorState message="The server cannot be reached." onRetry={() => undefined} />
      </Card>
      <Card>
        <ForbiddenState />
      </Card>
      <Card title="A card" actions={<Button small>Its action</Button>} className="design-card">
        <SkeletonLines lines={3} />
      </Card>
      <Card>
        <EmptyState bad icon={Users} title="Something is wrong" text="And what to do." />
      </Card>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="stack">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Buttons() {
  return (
    <>
      <div className="row">
        <Button variant="primary" icon={Plus}>
          Primary
        </Button>
        <Button icon={Bell}>Plain</Button>
        <Button variant="on">Switched on</Button>
        <Button variant="quiet">Quiet</Button>
        <Button variant="danger">Danger</Button>
        <Button variant="danger-fill" icon={Trash2}>
          Danger, decided
        </Button>
        <LinkButton>Like a link</LinkButton>
        <Kbd>⇧M</Kbd>
      </div>
      <div className="row">
        <Button variant="primary" isPending>
          Pending
        </Button>
        <Button isDisabled>Disabled</Button>
        <Button small>Small</Button>
        <Button small isPending>
          Small, pending
        </Button>
        <IconButton icon={Bell} label="An icon with a name" />
        <IconButton small icon={Bell} label="A small one" />
        <IconButton variant="primary" icon={Bell} label="A primary one" />
        <IconButton icon={Bell} label="A pending one" isPending />
        <IconButton icon={Bell} label="A disabled one" isDisabled />
      </div>
    </>
  );
}

const CHOICES = [
  { id: "one", label: "The first", detail: "201" },
  { id: "two", label: "The second" },
];

function Fields() {
  const [text, setText] = useState("Anna");
  const [choice, setChoice] = useState("one");
  const [on, setOn] = useState(true);
  const field = { value: text, onChange: setText };
  return (
    <div className="design-columns">
      <TextField label="Text" help="One sentence under it." {...field} />
      <TextField label="Optional" optional placeholder="An example" value="" onChange={setText} />
      <TextField
        label="With an error"
        error="An email address looks like name@example.com."
        {...field}
      />
      <TextField label="Disabled" isDisabled {...field} />
      <TextField label="Password" type="password" {...field} />
      <TextField label="Read only" isReadOnly {...field} />
      <TextField label="Required" isRequired {...field} />
      <Numbers />
      <Selects value={choice} onChange={setChoice} />
      <SearchField label="Search" {...field} />
      <SearchField label="Search, empty" value="" placeholder="What to type" />
      <Switch label="Switch" help="What it means when it is on." isSelected={on} onChange={setOn} />
      <Switch label="Switch, disabled" isDisabled />
      <div className="row">
        <Checkbox isSelected={on} onChange={setOn}>
          Check box
        </Checkbox>
        <Checkbox isIndeterminate>Some</Checkbox>
        <Checkbox isDisabled>Disabled</Checkbox>
      </div>
      <RadioGroup label="Radio" choices={CHOICES} value={choice} onChange={setChoice} />
      <TextField label="Several lines" multiline {...field} />
      <FormSummary
        form="design"
        problems={[{ field: "email", message: "is taken by somebody else" }]}
        labelOf={() => "Email"}
      />
    </div>
  );
}

function Numbers() {
  const [number, setNumber] = useState<number | null>(20);
  return (
    <>
      <NumberField
        label="Number"
        help="With its unit."
        unit="seconds"
        value={number}
        onChange={setNumber}
      />
      <NumberField
        label="Number with an error"
        error="Too many."
        optional
        value={number}
        onChange={setNumber}
      />
      <NumberField label="Number, disabled" isDisabled value={number} onChange={setNumber} />
      <NumberField label="Number, required" isRequired value={number} onChange={setNumber} />
    </>
  );
}

function Selects({ value, onChange }: { value: string; onChange: (choice: string) => void }) {
  return (
    <>
      <Select
        label="Select"
        choices={CHOICES}
        value={value}
        onChange={onChange}
        help="One of a few."
      />
      <Select
        label="Select with an error"
        choices={CHOICES}
        value={value}
        onChange={onChange}
        error="Not allowed."
      />
      <Select
        label="Select, disabled"
        isDisabled
        optional
        choices={CHOICES}
        value={value}
        onChange={onChange}
      />
      <Select
        label="Select without its label"
        hideLabel
        isRequired
        choices={CHOICES}
        value={value}
        onChange={onChange}
      />
    </>
  );
}

function Display() {
  const [tab, setTab] = useState("one");
  return (
    <>
      <Marks />
      <div className="design-columns">
        <Notice>A remark.</Notice>
        <Notice tone="warn">Something to mind.</Notice>
        <Notice tone="bad">Something that went wrong.</Notice>
        <ProgressBar label="Places" value={9} max={14} />
        <ProgressBar label="Places" value={14} max={14} warn />
        <Skeleton width="70%" height="20px" />
        <div className="row">
          <CopyButton value="copied" label="Copy" />
          <CopyButton isWide value="copied" label="Copy everything" />
          <When at={YESTERDAY} />
          <Ago at={YESTERDAY} />
          <Clock since={YESTERDAY} />
          <Seconds since={YESTERDAY} />
        </div>
        <SecretOnce
          items={[
            { label: "Username", value: "201" },
            { label: "Password", value: "not-a-real-one" },
          ]}
          use="A word on where to use it."
        />
        <Tabs
          label="Tabs"
          value={tab}
          onChange={setTab}
          items={[
            { id: "one", label: "One" },
            { id: "two", label: "Two", count: 4 },
            { id: "three", label: "With an error", hasError: true },
          ]}
        >
          <TabPanel id="one">The first panel.</TabPanel>
          <TabPanel id="two">The second panel.</TabPanel>
          <TabPanel id="three">The third panel.</TabPanel>
        </Tabs>
      </div>
    </>
  );
}

/** What marks a person or a state, in a line. */
function Marks() {
  return (
    <div className="row">
      <Pill>Idle</Pill>
      <Pill tone="ok" point>
        Available
      </Pill>
      <Pill tone="warn" point>
        Ringing
      </Pill>
      <Pill tone="bad" point>
        Busy
      </Pill>
      <Pill tone="accent">Accent</Pill>
      <Pill tone="outline">Outline</Pill>
      <Pill tone="idle" icon={Bell}>
        With an icon
      </Pill>
      <Pill bare>Bare</Pill>
      <Avatar name="Anna Berg" size="small" />
      <Avatar name="山田 太郎" />
      <Avatar name="James O’Neil" size="large" />
      <Avatar name="" />
    </div>
  );
}

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

interface Sample {
  id: string;
  name: string;
  number: string;
}

const SAMPLES: Sample[] = Array.from({ length: 2000 }, (_, index) => ({
  id: String(index),
  name: `Person ${String(index + 1)}`,
  number: String(201 + index),
}));

const SAMPLE_COLUMNS: TableProps<Sample>["columns"] = [
  {
    id: "name",
    label: "Name",
    width: "minmax(200px, 2fr)",
    lead: true,
    sort: "name",
    csv: (row) => row.name,
    cell: (row) => <b>{row.name}</b>,
  },
  {
    id: "number",
    label: "Number",
    width: "minmax(100px, 1fr)",
    sort: "number",
    csv: (row) => row.number,
    cell: (row) => row.number,
  },
];

function Rows() {
  const selection = useSelection();
  const [sort, setSort] = useState("name");
  const [filter, setFilter] = useState<"a" | "b">();
  const table: TableProps<Sample> = {
    name: "design",
    label: "People",
    columns: SAMPLE_COLUMNS,
    rows: SAMPLES,
    rowKey: (row) => row.id,
    rowLabel: (row) => row.name,
    sort,
    onSort: setSort,
    selection,
    onOpen: (row) => toast({ kind: "info", text: row.name }),
    bulkActions: (
      <Button small variant="danger">
        Delete
      </Button>
    ),
    rowMenu: () => <MenuItem icon={Trash2} danger label="Delete" />,
    empty: <EmptyState icon={Users} title="Nobody" text="There is nobody." />,
  };
  return (
    <>
      <div className="table-tools">
        <FilterChip
          label="Filter"
          value={filter}
          onChange={setFilter}
          choices={[
            { id: "a", label: "one way" },
            { id: "b", label: "the other" },
          ]}
        />
        <span className="count">2,000 people</span>
        <TableTools table={table} />
      </div>
      <div className="states-table">
        <Table {...table} />
      </div>
    </>
  );
}

/** A table without rows: on their way, none, or not to be had. */
function RowStates() {
  const table: TableProps<Sample> = {
    name: "design-states",
    label: "People",
    columns: [
      {
        id: "name",
        label: "Name",
        width: "minmax(120px, 2fr)",
        lead: true,
        cell: (row) => row.name,
      },
      {
        id: "number",
        label: "Number",
        width: "minmax(80px, 1fr)",
        align: "end",
        optional: true,
        cell: (row) => row.number,
      },
    ],
    rows: [],
    rowKey: (row) => row.id,
    rowLabel: (row) => row.name,
    empty: <EmptyState icon={Users} title="Nobody" text="There is nobody." />,
  };
  const trouble = { error: new Error("away"), retry: () => undefined };
  return (
    <div className="design-columns">
      <Table {...table} isLoading />
      <Table {...table} />
      <Table
        {...table}
        rows={SAMPLES.slice(0, 2)}
        total={40}
        onEndReached={() => undefined}
        trouble={trouble}
      />
      <Card>
        <TroubleLine trouble={trouble} />
      </Card>
    </div>
  );
}

function Lists() {
  const [typed, setTyped] = useState("");
  const rows = SAMPLES.slice(0, 3).filter((row) => row.name.includes(typed));
  const nothing = () => undefined;
  const list: List<Sample> = {
    rows,
    total: rows.length,
    isLoading: false,
    error: null,
    isForbidden: false,
    trouble: undefined,
    more: nothing,
    retry: nothing,
  };
  const search = { label: "Find a person", value: typed, onChange: setTyped };
  const count = (many: number) => `${String(many)} people`;
  const filters = (
    <FilterChip
      label="State"
      value={undefined}
      choices={[{ id: "a", label: "one" }]}
      onChange={nothing}
    />
  );
  return (
    <div className="stack">
      <TableList
        list={list}
        search={search}
        filters={filters}
        count={count}
        table={{
          name: "design-list",
          label: "People in a list",
          columns: [
            { id: "name", label: "Name", width: "1fr", lead: true, cell: (row) => row.name },
          ],
          rowKey: (row) => row.id,
          rowLabel: (row) => row.name,
          empty: <EmptyState icon={Users} title="Nobody" text="There is nobody." />,
        }}
      />
      <ListFrame
        list={{ ...list, total: undefined, error: new Error("away") }}
        search={search}
        filters={filters}
        count={count}
        tools={<IconButton small icon={Bell} label="A tool" />}
      >
        <p>Only seen when it is there.</p>
      </ListFrame>
    </div>
  );
}

const find = (words: string) =>
  Promise.resolve(
    SAMPLES.filter((row) => row.name.includes(words))
      .slice(0, 5)
      .map((row) => ({ id: row.id, label: row.name, detail: row.number })),
  );

const search = { source: ["design"], find };

function Searches() {
  const [picked, setPicked] = useState<string>();
  const chip = { ...search, label: "Person", searchLabel: "Find a person", onChange: setPicked };
  return (
    <>
      <div className="row">
        <SearchChip {...chip} value={undefined} />
        <SearchChip {...chip} value={{ id: picked ?? "3", label: "Person 4" }} />
        <SearchMenu
          {...search}
          label="People"
          searchLabel="Find people"
          value={picked}
          first={{ id: "all", label: "Everybody" }}
          trigger={<Button>Search menu</Button>}
          onPick={setPicked}
        />
      </div>
      <div className="design-columns">
        <Pickers onPick={setPicked} />
        <Card title="What the tools of a table open">
          <ColumnChooser
            name="design-chooser"
            columns={[
              { id: "name", label: "Name", width: "1fr", lead: true, cell: () => null },
              { id: "number", label: "Number", width: "1fr", cell: () => null },
            ]}
            hasWidths
          />
        </Card>
        <Card title="What a search menu opens">
          <SearchList
            {...search}
            label="People, found"
            searchLabel="Find in this list"
            value="2"
            first={{ id: "all", label: "Everybody" }}
            onPick={setPicked}
          />
        </Card>
      </div>
    </>
  );
}

function Pickers({ onPick }: { onPick: (id: string) => void }) {
  return (
    <>
      <SearchPicker
        {...search}
        label="Picker"
        help="However many there are."
        placeholder="Type a name"
        shown=""
        onPick={({ id }) => onPick(id)}
      />
      <SearchPicker
        {...search}
        label="Picker with an error"
        error="Nobody has it."
        shown="Person 4"
        onPick={({ id }) => onPick(id)}
      />
      <SearchPicker
        {...search}
        label="Picker, disabled"
        isDisabled
        shown="Person 4"
        onPick={({ id }) => onPick(id)}
      />
    </>
  );
}

function Forms() {
  const bar = { labelOf: () => "Name", onSave: () => undefined, onDiscard: () => undefined };
  const failed = [{ item: "Person 7", error: new Error("no") }];
  const [isSaving, setSaving] = useState(false);
  return (
    <div className="design-columns">
      <Section title="A section" help="With a word on it.">
        <p>Its fields.</p>
      </Section>
      <Switch label="Saving" isSelected={isSaving} onChange={setSaving} />
      <SaveBar {...bar} changed={["name"]} isSaving={isSaving} />
      <Progress done={3} total={8} failed={[]} nameOf={String} />
      <Progress done={undefined} total={8} failed={failed} nameOf={String} />
    </div>
  );
}

const PERSON = { name: "" };

/** What most dialogs are: a form, or a decision. */
function ShortForms() {
  const [open, setOpen] = useState<"dialog" | "panel" | "confirm">();
  const close = () => setOpen(undefined);
  const shown = useForm("design-form", PERSON);
  const opened = useForm("design-opened", PERSON);
  const refused = { mutate: close, isPending: false, error: new Error("away") };
  const common = {
    labelOf: () => "Name",
    submit: refused,
    title: "A person",
    intro: "With a word on it.",
    action: "Add",
    isDirty: true,
    detail: () => "What stands in its way.",
    onClose: close,
  };
  return (
    <>
      <FormBody {...common} form={shown}>
        <TextField {...shown.field("name")} label="Name in a form" />
      </FormBody>
      <div className="row">
        <Button onPress={() => setOpen("dialog")}>Form</Button>
        <Button onPress={() => setOpen("panel")}>Form beside</Button>
        <Button onPress={() => setOpen("confirm")}>Second step</Button>
      </div>
      {open === "dialog" && (
        <FormDialog {...common} form={opened}>
          <TextField {...opened.field("name")} label="Name" />
        </FormDialog>
      )}
      {open === "panel" && (
        <FormPanel {...common} form={opened}>
          <TextField {...opened.field("name")} label="Name" />
        </FormPanel>
      )}
      {open === "confirm" && (
        <Confirm
          danger
          icon={Trash2}
          isDisabled={false}
          title="Delete it?"
          text="What will be touched."
          action="Delete"
          act={() => Promise.reject(new Error("away"))}
          onDone={close}
          onClose={close}
          detail={common.detail}
        >
          <p>What must be filled in first.</p>
        </Confirm>
      )}
    </>
  );
}

type Overlay = "dialog" | "wide" | "alert" | "panel" | "dirty";

function Overlays() {
  const [open, setOpen] = useState<Overlay>();
  const close = () => setOpen(undefined);
  return (
    <div className="row">
      <Button onPress={() => setOpen("dialog")}>Dialog</Button>
      <Button onPress={() => setOpen("alert")}>Decision</Button>
      <Button onPress={() => setOpen("wide")}>Wide dialog</Button>
      <Button onPress={() => setOpen("panel")}>Side panel</Button>
      <Button onPress={() => setOpen("dirty")}>Filled panel</Button>
      <Menu label="Menu" placement="bottom start" trigger={<Button>Menu</Button>}>
        <MenuItem icon={Video} label="Open" end="⏎" />
        <MenuItem label="Disabled" isDisabled />
        <MenuSeparator />
        <MenuItem danger icon={Trash2} label="Delete" />
      </Menu>
      <Button onPress={() => toast({ kind: "ok", text: "It is done.", undo: () => undefined })}>
        Toast with Undo
      </Button>
      <Button onPress={() => toast({ kind: "bad", text: "It was refused, and why." })}>
        Toast of a failure
      </Button>
      <Dialogs open={open} close={close} />
      <Panels open={open} close={close} />
    </div>
  );
}

interface OverlayProps {
  open: Overlay | undefined;
  close: () => void;
}

function Dialogs({ open, close }: OverlayProps) {
  return (
    <>
      <Dialog
        isOpen={open === "dialog"}
        onClose={close}
        title="A dialog"
        intro="With a word on it."
        footer={<Button onPress={close}>Done</Button>}
      >
        <p>Its content.</p>
      </Dialog>
      <Dialog
        role="alertdialog"
        isOpen={open === "alert"}
        onClose={close}
        title="Delete it?"
        footer={
          <>
            <Button onPress={close}>Cancel</Button>
            <Button variant="danger-fill" onPress={close}>
              Delete
            </Button>
          </>
        }
      >
        <p>What will be touched.</p>
      </Dialog>
      <Dialog
        wide
        hasNoClose
        isDirty
        role="dialog"
        isDismissable={false}
        isOpen={open === "wide"}
        onClose={close}
        title="A wide one that only its button closes"
        footer={<Button onPress={close}>Done</Button>}
      >
        <p>Its content.</p>
      </Dialog>
    </>
  );
}

function Panels({ open, close }: OverlayProps) {
  return (
    <>
      <SidePanel
        isDirty
        isDismissable={false}
        isOpen={open === "dirty"}
        onClose={close}
        title="A side panel that asks"
      >
        <p>Closing it asks first.</p>
      </SidePanel>
      <SidePanel
        isOpen={open === "panel"}
        onClose={close}
        title="A side panel"
        intro="With a word on it."
        footer={<Button onPress={close}>Done</Button>}
      >
        <p>A form beside the list.</p>
      </SidePanel>
    </>
  );
}
