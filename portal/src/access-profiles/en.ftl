access-profiles-title = Access profiles
access-profiles-intro = What the people of each role may do. The standard ones are fixed; clone one to make your own.
access-profiles-search = Search name
access-profiles-count =
    { $count ->
        [one] One profile
       *[other] { NUMBER($count) } profiles
    }
access-profiles-name = Name
access-profiles-name-help = The role that people are given, like Front desk.
access-profiles-description = Description
access-profiles-kind = Kind
access-profiles-standard = Standard
access-profiles-own = Your own
access-profiles-grants = Permissions
access-profiles-grants-count =
    { $count ->
        [one] One permission
       *[other] { $count } permissions
    }
access-profiles-open = Look at it
access-profiles-edit = Change
access-profiles-clone = Clone…
access-profiles-clone-title = Clone { $name }
access-profiles-clone-intro = A profile of your own that begins with the same permissions.
access-profiles-clone-do = Clone
access-profiles-delete = Delete…
access-profiles-delete-title = Delete { $name }?
access-profiles-delete-text = Nobody may have this role any more. Give its people another one first.
access-profiles-deleted = { $name } is deleted.
access-profiles-saved = { $name } is saved.
access-profiles-fixed = A standard profile stays as it is, so that updates can add to it. Clone it to make one that you can change.
access-profiles-none = No profile matches
access-profiles-none-text = Try a part of its name.
access-profiles-add-grant = Add a permission
access-profiles-remove-grant = Remove line { $line }
access-profiles-line = Permission { $line }
access-profiles-what = May
access-profiles-on = On
access-profiles-reach = Whose
access-profiles-no-grants = It allows nothing yet.
access-profiles-model-all = everything
access-profiles-model-user = users
access-profiles-model-device = phones
access-profiles-model-conference-room = conference rooms
access-profiles-model-conference = conferences
access-profiles-model-conference-manager = conference managers
access-profiles-model-contact = contacts
access-profiles-model-call = calls
access-profiles-model-customer = customers
access-profiles-model-site = sites
access-profiles-model-api-key = API keys
access-profiles-model-access-profile = access profiles
access-profiles-model-audit-log = the audit log
access-profiles-model-blocked-source = blocked addresses
access-profiles-operation-all = do anything
access-profiles-operation-read = see
access-profiles-operation-create = add
access-profiles-operation-update = change
access-profiles-operation-delete = delete
access-profiles-operation-export = export
access-profiles-operation-start = start
access-profiles-operation-moderate = moderate
access-profiles-operation-join = enter without a PIN
access-profiles-operation-reset-password = reset passwords
access-profiles-operation-explain = explain
access-profiles-scope-own = their own
access-profiles-scope-assigned = those given to them
access-profiles-scope-site = of their site
access-profiles-scope-customer = of the customer
access-profiles-scope-subtree = everything below
