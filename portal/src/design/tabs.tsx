import type { ReactNode } from "react";
import {
  Tab as AriaTab,
  TabList,
  TabPanel as AriaTabPanel,
  Tabs as AriaTabs,
} from "react-aria-components";

export interface TabItem<Key extends string> {
  id: Key;
  label: string;
  count?: number;
  hasError?: boolean;
}

/** Groups of one page. The chosen one is kept in the address by the caller. */
export function Tabs<Key extends string>(props: {
  label: string;
  items: TabItem<Key>[];
  value: Key;
  onChange: (key: Key) => void;
  children: ReactNode;
}) {
  return (
    <AriaTabs selectedKey={props.value} onSelectionChange={(key) => props.onChange(key as Key)}>
      <TabList className="tab-list" aria-label={props.label} items={props.items}>
        {props.items.map((item) => (
          <AriaTab key={item.id} id={item.id} className={item.hasError ? "tab has-error" : "tab"}>
            {item.label}
            {item.count !== undefined && <span className="count">{item.count}</span>}
          </AriaTab>
        ))}
      </TabList>
      {props.children}
    </AriaTabs>
  );
}

export function TabPanel({ id, children }: { id: string; children: ReactNode }) {
  return (
    <AriaTabPanel id={id} className="tab-panel">
      {children}
    </AriaTabPanel>
  );
}
