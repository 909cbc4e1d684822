import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Ellipsis, PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button as AriaButton, Popover, DialogTrigger, Dialog } from "react-aria-components";
import { follow } from "../api/live";
import { IconButton, Kbd } from "../design/button";
import { Reader } from "../design/columns";
import {
  hasSingleKeys,
  isBelowOverlay,
  isTyping,
  titleWhatIsCut,
  useNarrow,
  useShortcuts,
  useStored,
} from "../design/hooks";
import { isKey, keyOf } from "../design/keys";
import { lazyPart, useAhead } from "../design/lazy";
import { useText } from "../design/texts";
import { useHasToasts } from "../design/toast";
import { isExposed, PlainHttp } from "../session/exposed";
import { SessionGate } from "../session/gate";
import { meQuery, useMe, useSessionRound } from "../session/session";
import { AccountMenu } from "./account";
import { ConnectionBar } from "./connection";
import { CustomerSwitcher } from "./customer-switcher";
import { BAR_ENTRIES, GO_KEY, type Place, placesOf } from "./navigation";
import "./shell.css";

const Palette = lazyPart(() => import("./palette"));
const Shortcuts = lazyPart(() => import("./shortcuts"));
const Toasts = lazyPart(() => import("../design/toasts"));

/** Navigation, search and account around every page of the signed-in. */
export function Frame() {
  const t = useText();
  const me = useMe();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const [searching, setSearching] = useState(false);
  const [helping, setHelping] = useState(false);
  const [folded, setFolded] = useStored("folded", false);
  const places = useMemo(() => placesOf(me), [me]);
  const main = useRef<HTMLElement>(null);
  const hasToasts = useHasToasts();
  useFocusOnNavigation(main);

  useAhead(Palette, Shortcuts, Toasts);
  useLiveData();
  useSearchKey(setSearching);
  useShortcuts(
    useMemo(() => ({ search: () => setSearching(true), help: () => setHelping(true) }), []),
  );
  useGoKeys(places, (to) => void navigate({ to }));

  return (
    <Reader value={me.principal.id ?? me.principal.kind}>
      <div
        className={`frame${folded ? " folded" : ""}${places.length < 2 ? " no-bar" : ""}`}
        onPointerOver={titleWhatIsCut}
      >
        <a className="skip" href="#main">
          {t("shell-skip")}
        </a>
        {!narrow && <Side places={places} isFolded={folded} onFold={setFolded} />}
        <div className="column">
          <ConnectionBar />
          {isExposed() && <PlainHttp />}
          <Top onSearch={() => setSearching(true)} onShortcuts={() => setHelping(true)} />
          <main id="main" tabIndex={-1} ref={main}>
            <Outlet />
          </main>
        </div>
        {narrow && <BottomBar places={places} />}
        {searching && <Palette onClose={() => setSearching(false)} />}
        {helping && <Shortcuts onClose={() => setHelping(false)} />}
        <SessionGate />
        {hasToasts && <Toasts />}
      </div>
    </Reader>
  );
}

/** Follows what changes on the server, as long as somebody is signed in. */
function useLiveData() {
  const client = useQueryClient();
  const round = useSessionRound();
  useEffect(
    // A stream that was refused is over; after another sign-in there is a new one.
    () => follow(client, () => void client.invalidateQueries({ queryKey: meQuery.queryKey })),
    [client, round],
  );
}

/** Ctrl-K searches from anywhere; Escape leaves a field. */
function useSearchKey(setSearching: (searching: boolean) => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && isKey(event, "search")) {
        event.preventDefault();
        setSearching(true);
      } else if (isKey(event, "close") && isTyping(event) && event.target instanceof HTMLElement) {
        if (!document.querySelector("[role=dialog]")) event.target.blur();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [setSearching]);
}

/** Moves focus to the new page's heading, so that keyboards and screen readers follow. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>) {
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current !== undefined && before.current !== pathname) {
      const heading = main.current?.querySelector<HTMLElement>("h1");
      (heading ?? main.current)?.focus({ preventScroll: true });
    }
    before.current = pathname;
  }, [pathname, main]);
}

/** `g` and then the letter of an area goes there. */
function useGoKeys(places: Place[], go: (to: Place["to"]) => void) {
  const pending = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (!hasSingleKeys() || isBelowOverlay()) return;
      if (event.key === GO_KEY) {
        pending.current = Date.now();
        return;
      }
      const place = places.find((one) => one.key === event.key);
      if (Date.now() - pending.current < 1200 && place) {
        event.preventDefault();
        go(place.to);
      }
      pending.current = 0;
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [places, go]);
}

function NavigationLink({ place }: { place: Place }) {
  const t = useText();
  const Icon = place.icon;
  return (
    <Link
      to={place.to}
      className="nav-link"
      title={t(place.text)}
      // Every address begins with that of Home.
      activeOptions={{ exact: place.to === "/" }}
    >
      <Icon aria-hidden />
      <span>{t(place.text)}</span>
    </Link>
  );
}

function Navigation({ places }: { places: Place[] }) {
  const t = useText();
  const administration = places.filter((place) => place.administration);
  return (
    <nav aria-label={t("shell-navigation")}>
      <ul>
        {places
          .filter((place) => !place.administration)
          .map((place) => (
            <li key={place.to}>
              <NavigationLink place={place} />
            </li>
          ))}
      </ul>
      {administration.length > 0 && (
        <>
          <h2>{t("shell-administration")}</h2>
          <ul>
            {administration.map((place) => (
              <li key={place.to}>
                <NavigationLink place={place} />
              </li>
            ))}
          </ul>
        </>
      )}
    </nav>
  );
}

interface SideProps {
  places: Place[];
  isFolded: boolean;
  onFold: (isFolded: boolean) => void;
}

function Side({ places, isFolded, onFold }: SideProps) {
  const t = useText();
  return (
    <aside className="side" aria-label="Convoke">
      <Link to="/" className="brand">
        <img src="/icon.svg" alt="" width={26} height={26} />
        <span>Convoke</span>
      </Link>
      <Navigation places={places} />
      <div className="side-foot">
        <IconButton
          small
          icon={isFolded ? PanelLeftOpen : PanelLeftClose}
          label={t(isFolded ? "shell-unfold" : "shell-fold")}
          onPress={() => onFold(!isFolded)}
        />
      </div>
    </aside>
  );
}

function Top({ onSearch, onShortcuts }: { onSearch: () => void; onShortcuts: () => void }) {
  const t = useText();
  const narrow = useNarrow();
  return (
    <header className="top">
      {narrow && <img src="/icon.svg" alt="Convoke" width={26} height={26} />}
      <CustomerSwitcher />
      <AriaButton className="search-button" onPress={onSearch} aria-label={t("shell-search")}>
        <Search aria-hidden />
        <span>{t("shell-search")}</span>
        <Kbd>{keyOf("search")}</Kbd>
      </AriaButton>
      <AccountMenu onShortcuts={onShortcuts} />
    </header>
  );
}

function BottomBar({ places }: { places: Place[] }) {
  const t = useText();
  const fits = places.length <= BAR_ENTRIES + 1;
  const shown = fits ? places : places.slice(0, BAR_ENTRIES);
  const rest = fits ? [] : places.slice(BAR_ENTRIES);
  if (places.length < 2) return null;
  return (
    <nav className="bottom-bar" aria-label={t("shell-navigation")}>
      {shown.map((place) => (
        <NavigationLink key={place.to} place={place} />
      ))}
      {rest.length > 0 && (
        <DialogTrigger>
          <AriaButton className="nav-link">
            <Ellipsis aria-hidden />
            <span>{t("shell-more")}</span>
          </AriaButton>
          <Popover className="popover" placement="top end" offset={8}>
            <Dialog className="menu" aria-label={t("shell-more")}>
              {({ close }) =>
                rest.map((place) => {
                  const Icon = place.icon;
                  return (
                    <Link key={place.to} to={place.to} className="menu-item" onClick={close}>
                      <Icon aria-hidden />
                      {t(place.text)}
                    </Link>
                  );
                })
              }
            </Dialog>
          </Popover>
        </DialogTrigger>
      )}
    </nav>
  );
}
