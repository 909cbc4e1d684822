api-unexpected = Something went wrong that should not have. Try again; if it stays, tell your administrator.
api-unreachable = The server did not answer. A change may have been made all the same; trying again never makes it twice.
api-unavailable = The server is busy just now. Try again in a moment.
api-changed-elsewhere = Somebody else changed this while you were editing. Nothing was overwritten.
api-too-many = That was too often. Wait a little and try again.
api-too-many-for =
    { $seconds ->
        [one] That was too often. Try again in a second.
       *[other] That was too often. Try again in { $seconds } seconds.
    }
api-lost = The connection to the server is lost. Trying again…
api-lost-since = What you see is { $age } old.
api-reconnect = Try now
