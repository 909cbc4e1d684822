import { type ReactNode, useState } from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { SkeletonLines } from "./display";
import type { Choice } from "./fields";
import type { Finder } from "./found";
import { lazyPart } from "./lazy";

/** What is offered for words. */
export interface Search extends Finder {
  /** Says what to type. */
  searchLabel: string;
}

export interface SearchMenuProps extends Search {
  label: string;
  trigger: ReactNode;
  /** The one that is chosen now. */
  value: string | undefined;
  /** Offered above what is found, while nothing is typed. */
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
