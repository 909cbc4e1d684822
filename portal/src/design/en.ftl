# The words of the components.

design-optional = (optional)
design-picker-type = Type a name or number
design-picker-open = Show the choices
design-picker-none = Nobody and nothing is found.
design-show-password = Show what is typed
design-hide-password = Hide what is typed
design-clear = Clear
design-close = Close
design-cancel = Cancel
design-notifications = Notifications
design-undo = Undo
design-columns = Choose columns
design-column-width = Width of { $name }
design-pixels = { $count } pixels
design-columns-reset = As it comes
design-csv = Save as CSV
design-csv-writing = { NUMBER($done) } of { NUMBER($total) } rows
design-csv-saved = Saved as CSV
design-csv-all =
    { $count ->
        [one] { $file } has the one row that matches.
       *[other] { $file } has all { NUMBER($count) } rows that match.
    }
design-csv-failed = The file could not be written: not all rows could be fetched.
design-sort = Sort
design-selection = Actions on the selected
design-selected = { NUMBER($count) } selected
design-clear-selection = Clear the selection
design-select-all = Select all { NUMBER($count) }
design-select-loaded = Select the { NUMBER($count) } that are loaded, of { NUMBER($total) }
design-select-rest = Select all { NUMBER($total) } that match
design-select-first = Select the first { NUMBER($count) } of { NUMBER($total) } that match
design-gathering = { NUMBER($done) } of { NUMBER($total) } looked up
design-stop = Stop
design-select-row = Select { $name }
design-row-menu = Actions for { $name }
design-actions = Actions
design-progress = Progress
design-progress-is = { NUMBER($done) } of { NUMBER($total) } done
design-failed =
    { $count ->
        [one] It did not work for one:
       *[other] It did not work for { NUMBER($count) }:
    }
design-failed-more =
    { $count ->
        [one] And for one more.
       *[other] And for { NUMBER($count) } more.
    }
design-filter-off = Remove the filter { $name }
design-loading = Loading
design-copied = Copied
design-copy = Copy { $what }
design-copy-all = Copy everything
design-secret-once = This is shown only now. Copy it before you close.
design-try-again = Try again
design-part-missing = This part of the page could not be loaded. Try again; if it stays so, load the page anew.
design-more-failed = Could not load all of it.
design-error-title = This could not be loaded
design-forbidden-title = This is not yours to see
design-forbidden-text = Your role does not include it. An administrator of your organisation can change that.
design-form-problems =
    { $count ->
        [one] One thing needs your attention
       *[other] { $count } things need your attention
    }
design-unsaved = Unsaved changes
design-changed = Changed:
design-discard = Discard
design-save = Save
design-leave-title = Leave without saving?
design-leave-text = What you changed is not saved: { $names }.
design-drop-title = Close without keeping this?
design-drop-text = What you have filled in here is not saved.
design-drop-go = Close
design-leave-stay = Stay here
design-leave-go = Leave
design-seconds = { $seconds } s
