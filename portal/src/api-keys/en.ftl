api-keys-title = API keys
api-keys-intro = For programs. Whatever the portal does, the documented API does too.
api-keys-add = Add API key
api-keys-add-intro = It is shown once, and acts within its access profile.
api-keys-name = Name
api-keys-name-help = What it is for, so that it can be found when it must go.
api-keys-profile = Access profile
api-keys-created = Added
api-keys-used = Last used
api-keys-never = never
api-keys-key = API key
api-keys-use = Send it with every request as Authorization: Bearer and the key.
api-keys-delete = Delete
api-keys-delete-title = Delete the key { $name }?
api-keys-delete-text = Programs that use it are refused at once. This cannot be undone.
api-keys-deleted = The key { $name } is deleted.
api-keys-count =
    { $count ->
        [one] One key
       *[other] { NUMBER($count) } keys
    }
api-keys-none = No API keys yet
api-keys-none-text = A program needs one to read or change anything here.
api-keys-done = Done
