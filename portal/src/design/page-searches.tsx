import { useState } from "react";
import { Button } from "./button";
import ColumnChooser from "./column-chooser";
import { Card } from "./display";
import { SearchChip } from "./filters";
import SearchList from "./search-list";
import { SearchMenu } from "./search-menu";
import { SearchPicker } from "./search-picker";
import { SAMPLES } from "./page-samples";

const find = (words: string) =>
  Promise.resolve(
    SAMPLES.filter((row) => row.name.includes(words))
      .slice(0, 5)
      .map((row) => ({ id: row.id, label: row.name, detail: row.number })),
  );

const search = { source: ["design"], find };

export function Searches() {
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
