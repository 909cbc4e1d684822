import type { User } from "../api/resources";
import { type Target, userTarget } from "../session/covers";

/** What the reader may do to a person. */
export interface Rights {
  delete: boolean;
  /** How calls are handled. */
  update: boolean;
  /** Who the person is, as well: the administrator's, not one's own. */
  updateAll: boolean;
}

/** As the server decides it; nothing may be done to one who is gone. */
export function rightsOn(
  mayOn: (model: string, operation: string, target: Target) => boolean,
  user: User,
  isGone: boolean,
): Rights {
  const target = userTarget(user);
  const may = (operation: string, to: Target) => !isGone && mayOn("user", operation, to);
  return {
    delete: may("delete", target),
    update: may("update", target),
    updateAll: may("update", { ...target, owner: null }),
  };
}
