import { plain } from "../api/client";
import { set, useList } from "../api/lists";
import type { AccessProfile, Page } from "../api/resources";
import { useCustomerKnown } from "../shell/customer";

export const ROOT = "access-profiles";
export const PATH = "/api/v1/access-profiles";

/** Those that come with the product belong to nobody. */
export const isStandard = (profile: AccessProfile) => profile.customer_id === null;

export function useProfiles(customer_id: string | undefined, q: string) {
  return useList<AccessProfile>(
    ROOT,
    { customer_id, q },
    (page) => {
      const query = new URLSearchParams(set({ customer_id, q, cursor: page.cursor, sort: "name" }));
      query.set("limit", String(page.limit));
      return plain<Page<AccessProfile>>("GET", `${PATH}?${query.toString()}`);
    },
    { isReady: useCustomerKnown() },
  );
}
