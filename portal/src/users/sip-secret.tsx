import type { DeviceWithPassword } from "../api/resources";
import { SecretOnce } from "../design/display";
import { useText } from "../design/texts";

/** What a phone registers with, shown once. */
export function SipSecret({ device }: { device: DeviceWithPassword }) {
  const t = useText();
  const { sip } = device;
  return (
    <SecretOnce
      items={[
        { label: t("users-sip-username"), value: sip.username },
        { label: t("users-sip-password"), value: sip.password },
        { label: t("users-sip-server"), value: `${sip.server}:${String(sip.port)}` },
        { label: t("users-sip-domain"), value: sip.domain },
      ]}
      use={t("users-sip-use")}
    />
  );
}
