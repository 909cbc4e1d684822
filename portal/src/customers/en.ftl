customers-title = Customers
customers-intro = The companies on this server. None sees anything of another.
customers-add = Add customer
customers-edit = Edit customer
customers-look = Open its users
customers-delete = Delete
customers-search = Search name or account name
customers-name = Name
customers-account = Account name
customers-account-help = Entered at sign-in, and the first label of the SIP domain: letters, digits and hyphens.
customers-domain = SIP domain
customers-created = Added
customers-count =
    { $count ->
        [one] One customer
       *[other] { NUMBER($count) } customers
    }
customers-none = No customers yet
customers-none-text = A customer is a company with its own users, phones and conferences.
customers-none-found = No customer matches
customers-none-found-text = Try a part of its name.
customers-saved = { $name } is saved.
customers-deleted = { $name } is deleted.
customers-delete-title = Delete { $name }?
customers-delete-text = A customer can only be deleted when nothing is left in it. This cannot be undone.
customers-delete-type = Type { $account } to confirm
sites-title = Sites
sites-intro = Locations: each has its time zone and the tones that callers hear.
sites-add = Add site
sites-edit = Edit site
sites-delete = Delete
sites-delete-title = Delete the site { $name }?
sites-delete-text = A site with users cannot be deleted: move them first.
sites-name = Name
sites-country = Country
sites-country-help = Two letters, like DE.
sites-time-zone = Time zone
sites-tones = Tones
sites-tones-help = What callers hear while a phone rings or is busy.
sites-tones-europe = Europe
sites-tones-north-america = North America
sites-tones-united-kingdom = United Kingdom
sites-count =
    { $count ->
        [one] One site
       *[other] { NUMBER($count) } sites
    }
sites-none = No sites yet
sites-none-text = A site is a place where your people work.
