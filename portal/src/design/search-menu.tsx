import { type ReactNode, useState } from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { SkeletonLines } from "./display";
import type { Choice } from "./fields";
import { lazyPart } from "./lazy";

/** What is offered for words: the server finds it, so that however many there are each is found. */
export interface Search {
  /** Says what to type. */
  searchLabel: string;
  /** Names what is searched in the query cache. */
  source: readonly unknown[];
  /** The first of those whom the words find. */
  find: (words: string, signal: AbortSignal) => Promise<Choice<string>[]>;
}

export interface SearchMenuProps extends Search {
  label: string;
  trigger: ReactNode;
  /** The one that is chosen now. */
  value: string | undefined;
  /** Offered above what is found, whatever is typed. */
  first?: Choice<string>;
  onPick: (id: string) => void;
}

// Nobody waits for it before it is opened.
const SearchList = lazyPart(() => import("./search-list"), <SkeletonLines lines={4} />);

/** A button that opens a list with a search over it. */
export function SearchMenu({ label, trigger, onPick, ...rest }: SearchMenuProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      {trigger}
      <Popover className="popover search-menu" placement="bottom start" offset={4}>
        <Dialog aria-label={label}>
          <SearchList
            {...rest}
            label={label}
            onPick={(id) => {
              setOpen(false);
              onPick(id);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
