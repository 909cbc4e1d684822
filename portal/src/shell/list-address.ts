import { useNavigate, useSearch } from "@tanstack/react-router";
import { useSearchWords } from "../design/hooks";

/** What a list takes from its address: back, reload and a link show the same. */
export interface ListAddress {
  q?: string | undefined;
  sort?: string | undefined;
}

/** What is searched and how it is sorted, kept in the address. */
export function useListAddress(sortedBy = "") {
  const address: ListAddress = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (part: ListAddress) =>
    void navigate({ to: ".", search: (before) => ({ ...before, ...part }), replace: true });
  const [typed, setTyped, q] = useSearchWords(address.q, (words) => change({ q: words }));
  return {
    q: q.trim(),
    sort: address.sort ?? sortedBy,
    onSort: (sort: string) => change({ sort }),
    /** What the search field is given. */
    words: { value: typed, onChange: setTyped },
    clear: () => setTyped(""),
  };
}
