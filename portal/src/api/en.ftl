api-unexpected = Something went wrong that should not have. Try again; if it stays, tell your administrator.
api-unreachable = The server cannot be reached. Nothing was changed; try again in a moment.
api-unavailable = The server is busy just now. Try again in a moment.
api-changed-elsewhere = Somebody else changed this while you were editing. Nothing was overwritten.
api-too-many = That was too often. Wait a little and try again.
api-lost = The connection to the server is lost. Trying again…
api-lost-since = What you see is { $age } old.
api-reconnect = Try now
