import { Bell, Users } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";
import {
  Avatar,
  Card,
  CopyButton,
  EmptyState,
  ErrorState,
  ForbiddenState,
  Notice,
  Pill,
  ProgressBar,
  SecretOnce,
  Skeleton,
  SkeletonLines,
} from "./display";
import { TabPanel, Tabs } from "./tabs";
import { Ago, Clock, Seconds, When } from "./time";

export function Display() {
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

export function PageStates() {
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
