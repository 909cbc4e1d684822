import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LogOut, type LucideIcon, Moon, Search, Sun, User, UserCog, Video } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { answer, api } from "../api/client";
import { useSettled } from "../design/hooks";
import { useText } from "../design/texts";
import { may, mayBeyondOwn, ownPage, useMe } from "../session/session";
import { useCustomerId } from "./customer";
import { placesOf } from "./navigation";
import { useTheme } from "./theme";

interface Entry {
  id: string;
  group: string;
  label: string;
  detail?: string;
  icon: LucideIcon;
  act: () => void;
}

function matches(label: string, typed: string): boolean {
  const words = typed.toLowerCase().split(/\s+/u).filter(Boolean);
  return words.every((word) => label.toLowerCase().includes(word));
}

/** Pages and commands of this portal that match what is typed. */
function useCommands(typed: string, close: () => void): Entry[] {
  const t = useText();
  const me = useMe();
  const navigate = useNavigate();
  const [, setTheme] = useTheme();
  const entries: Entry[] = placesOf(me).map((place) => ({
    id: place.to,
    group: t("shell-pages"),
    label: t(place.text),
    icon: place.icon,
    act: () => void navigate({ to: place.to }),
  }));
  const own = ownPage(me);
  if (own !== undefined)
    entries.push({
      id: "own",
      group: t("shell-pages"),
      label: t("shell-my-settings"),
      icon: UserCog,
      act: () => void navigate({ to: "/users/$userId", params: { userId: own } }),
    });
  entries.push(
    {
      id: "light",
      group: t("shell-commands"),
      label: t("shell-go-light"),
      icon: Sun,
      act: () => setTheme("light"),
    },
    {
      id: "dark",
      group: t("shell-commands"),
      label: t("shell-go-dark"),
      icon: Moon,
      act: () => setTheme("dark"),
    },
    {
      id: "out",
      group: t("shell-commands"),
      label: t("shell-sign-out"),
      icon: LogOut,
      act: () => void navigate({ to: "/sign-out" }),
    },
  );
  return entries
    .filter((entry) => matches(entry.label, typed))
    .map((entry) => ({
      ...entry,
      act: () => {
        close();
        entry.act();
      },
    }));
}

/** People and rooms on the server that match. */
function useFound(typed: string, close: () => void): Entry[] {
  const t = useText();
  const me = useMe();
  const navigate = useNavigate();
  const customer_id = useCustomerId();
  const now = typed.trim();
  const q = useSettled(now, 90);
  const query = { q, limit: 6, ...(customer_id ? { customer_id } : {}) };
  const users = useQuery({
    queryKey: ["search", "users", query],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/users", { params: { query }, signal })),
    enabled: q !== "" && mayBeyondOwn(me, "user", "read"),
    placeholderData: (before) => before,
  });
  const rooms = useQuery({
    queryKey: ["search", "rooms", query],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/conference-rooms", { params: { query }, signal })),
    enabled: q !== "" && may(me, "conference_room", "read"),
    placeholderData: (before) => before,
  });
  // Found for an earlier text, they would be opened by mistake.
  if (q === "" || q !== now || users.isPlaceholderData || rooms.isPlaceholderData) return [];
  const people = (users.data?.items ?? []).map((user) => ({
    id: user.id,
    group: t("shell-users"),
    label: user.name,
    detail: user.extension ?? user.email ?? "",
    icon: User,
    act: () => {
      close();
      void navigate({ to: "/users/$userId", params: { userId: user.id } });
    },
  }));
  const places = (rooms.data?.items ?? []).map((room) => ({
    id: room.id,
    group: t("shell-rooms"),
    label: room.name,
    detail: room.number,
    icon: Video,
    act: () => {
      close();
      void navigate({ to: "/conferences/$roomId", params: { roomId: room.id } });
    },
  }));
  return [...people, ...places];
}

/** Finds people, rooms, pages and commands. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = useFound(typed, onClose);
  const commands = useCommands(typed, onClose);
  const entries = useMemo(() => [...found, ...commands], [found, commands]);
  const at = Math.min(active, Math.max(0, entries.length - 1));

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, typed]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((at + step + entries.length) % Math.max(1, entries.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      entries[at]?.act();
    }
  };

  return (
    <ModalOverlay
      className="scrim"
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
    >
      <Modal className="modal palette">
        <Dialog className="dialog palette-dialog" aria-label={t("shell-search")}>
          <div className="palette-input">
            <Search aria-hidden />
            <input
              autoFocus
              role="combobox"
              aria-expanded
              aria-controls="palette-list"
              aria-activedescendant={entries[at] ? `palette-${entries[at].id}` : undefined}
              aria-label={t("shell-search")}
              aria-autocomplete="list"
              placeholder={t("shell-search-placeholder")}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <Entries entries={entries} at={at} onPoint={setActive} list={list} />
          {entries.length === 0 && (
            <p className="palette-none dim">{t("shell-nothing-found", { typed })}</p>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface EntriesProps {
  entries: Entry[];
  /** Which of them Enter takes. */
  at: number;
  onPoint: (at: number) => void;
  list: RefObject<HTMLUListElement | null>;
}

function Entries({ entries, at, onPoint, list }: EntriesProps) {
  const t = useText();
  return (
    <ul
      id="palette-list"
      role="listbox"
      aria-label={t("shell-results")}
      ref={list}
      className="palette-list"
    >
      {entries.map((entry, index) => (
        <li
          key={entry.id}
          id={`palette-${entry.id}`}
          role="option"
          aria-selected={index === at}
          onMouseMove={() => onPoint(index)}
          onClick={entry.act}
        >
          <entry.icon aria-hidden />
          <span className="truncate">{entry.label}</span>
          {entry.detail && <span className="detail">{entry.detail}</span>}
          <span className="group">{entry.group}</span>
        </li>
      ))}
    </ul>
  );
}
