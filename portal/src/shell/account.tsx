import { useNavigate } from "@tanstack/react-router";
import { Keyboard, KeyRound, LogOut, Monitor, Moon, Sun, UserCog } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Header, MenuSection } from "react-aria-components";
import { Avatar } from "../design/display";
import { lazyPart } from "../design/lazy";
import { keyOf } from "../design/keys";
import { Menu, MenuItem, MenuSeparator } from "../design/overlays";
import { useText } from "../design/texts";
import { ownPage, useMe } from "../session/session";
import { type Theme, useTheme } from "./theme";

const PasswordDialog = lazyPart(() => import("../session/password"));

const themes: { id: Theme; text: string; icon: typeof Sun }[] = [
  { id: "light", text: "shell-theme-light", icon: Sun },
  { id: "dark", text: "shell-theme-dark", icon: Moon },
  { id: "system", text: "shell-theme-system", icon: Monitor },
];

/** The way to the reader's own page, where they have one. */
function OwnPage() {
  const t = useText();
  const navigate = useNavigate();
  const own = ownPage(useMe());
  if (own === undefined) return null;
  return (
    <MenuItem
      icon={UserCog}
      label={t("shell-my-settings")}
      onAction={() => void navigate({ to: "/users/$userId", params: { userId: own } })}
    />
  );
}

/** Who is signed in, and what concerns only them. */
export function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const t = useText();
  const me = useMe();
  const navigate = useNavigate();
  const [theme, setTheme] = useTheme();
  const [changing, setChanging] = useState(false);
  return (
    <>
      <Menu
        label={t("shell-account")}
        trigger={
          <AriaButton
            className="account"
            aria-label={t("shell-account-of", { name: me.principal.name })}
          >
            <Avatar name={me.principal.name} />
          </AriaButton>
        }
      >
        <MenuSection>
          <Header className="menu-heading">{me.principal.name}</Header>
          <OwnPage />
          <MenuItem
            icon={KeyRound}
            label={t("session-change-password")}
            onAction={() => setChanging(true)}
          />
          <MenuItem
            icon={Keyboard}
            label={t("shell-shortcuts")}
            end={keyOf("help")}
            onAction={onShortcuts}
          />
        </MenuSection>
        <MenuSeparator />
        <MenuSection>
          <Header className="menu-heading">{t("shell-theme")}</Header>
          {themes.map(({ id, text, icon }) => (
            <MenuItem
              key={id}
              icon={icon}
              label={t(text)}
              end={theme === id ? "✓" : ""}
              onAction={() => setTheme(id)}
            />
          ))}
        </MenuSection>
        <MenuSeparator />
        <MenuItem
          icon={LogOut}
          label={t("shell-sign-out")}
          onAction={() => void navigate({ to: "/sign-out" })}
        />
      </Menu>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}
