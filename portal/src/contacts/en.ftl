contacts-title = Contacts
contacts-intro = The phone book of your organisation: people and rooms outside it.
contacts-add = Add contact
contacts-edit = Edit contact
contacts-delete = Delete
contacts-search = Search name or number
contacts-count =
    { $count ->
        [one] One contact
       *[other] { NUMBER($count) } contacts
    }
contacts-name = Name
contacts-target = Number or address
contacts-target-help = A number like +49 30 1234567, or #sip:room@host for a room system.
contacts-created = Added
contacts-none = No contacts yet
contacts-none-text = Put the people and rooms here that you call often; conferences invite them by name.
contacts-none-found = Nobody matches
contacts-none-found-text = Try a part of a name or of a number.
contacts-panel-intro = Everyone in your organisation sees it.
contacts-saved = { $name } is saved.
contacts-delete-chosen = Delete…
contacts-delete-title =
    { $count ->
        [one] Delete { $name }?
       *[other] Delete { NUMBER($count) } contacts?
    }
contacts-delete-text = They go from everyone’s phone book. You can bring them back right afterwards.
contacts-delete-now =
    { $count ->
        [one] Delete
       *[other] Delete { NUMBER($count) }
    }
contacts-not-back =
    { $count ->
        [one] One contact could not be brought back.
       *[other] { NUMBER($count) } contacts could not be brought back.
    }
contacts-deleted =
    { $count ->
        [one] { $name } is deleted.
       *[other] { $count } contacts are deleted.
    }
