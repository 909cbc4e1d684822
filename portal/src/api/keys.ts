/** Names of what is kept in the query cache: `[root, "one", id]` and `[root, "list", filters]`. */
export const keys = {
  me: ["me"] as const,
  list: (root: string, filters: object) => [root, "list", filters] as const,
  user: (id: string) => ["users", "one", id] as const,
  endpoints: (user: string) => ["endpoints", user] as const,
  uses: (root: string, id: string) => ["uses", root, id] as const,
  room: (id: string) => ["rooms", "one", id] as const,
  conference: (id: string) => ["conferences", "one", id] as const,
  call: (id: string) => ["calls", "one", id] as const,
  site: (id: string) => ["sites", "one", id] as const,
  customer: (id: string) => ["customers", "one", id] as const,
};
