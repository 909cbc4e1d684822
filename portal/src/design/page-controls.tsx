import { Bell, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton, Kbd, LinkButton } from "./button";
import { NumberField, RadioGroup, Select, TextField } from "./fields";
import { Checkbox } from "./checkbox";
import { SearchField } from "./search-field";
import { Switch } from "./switch";
import { FormSummary } from "./form";

export function Buttons() {
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

export function Fields() {
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
