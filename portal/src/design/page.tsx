import type { ReactNode } from "react";
import { Button, LinkButton } from "./button";
import { BackArrow, PageHead } from "./display";
import Toasts from "./toasts";
import { Buttons, Fields } from "./page-controls";
import { Display, PageStates } from "./page-display";
import { Lists, RowStates, Rows } from "./page-rows";
import { Searches } from "./page-searches";
import { Forms, ShortForms } from "./page-forms";
import { Several } from "./page-several";
import { Overlays } from "./page-overlays";
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
      <Group title="Forms">
        <Forms />
      </Group>
      <Group title="Acts on several">
        <Several />
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

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="stack">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
